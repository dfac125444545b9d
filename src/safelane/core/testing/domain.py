"""What every part must hold, asked at every door by everybody: tests to inherit.

A subclass names its declaration and gives one record of the Lao operator::

    @pytest.mark.django_db
    class TestDomain(DomainTests):
        domain = DOMAIN

        @pytest.fixture
        def known(self, cast, side_m): return Known(row, "A1", ("48.1234",), {...})

Doors are the part's pages, endpoints, collections, tiles, home panels and files; they
are found in the declaration, so a new page is asked as soon as it has an address.
Areas are asked with sides of 50 m and 5 km, which cross cells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, ClassVar

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse

from safelane.core.domain import Domain
from safelane.core.testing.permissions import enter_all_as

# person: (home, reach, precision, verbs of each data class); None has no membership.
PEOPLE: Mapping[str, tuple[str, str, str, str] | None] = {
    "keeper": ("lao", "organisation", "exact", "*"),
    "authority": ("laa", "country", "exact", "view"),
    "coarse": ("laa", "country", "cell", "view"),
    "district": ("laa", "country", "district", "view"),
    "elsewhere": ("aza", "organisation", "exact", "*"),
    "stranger": None,
}
EXACT = ("keeper", "authority")
ROUGH = ("coarse", "district")
CLOSED = ("elsewhere", "stranger", "nobody")
REFUSED = frozenset({301, 302, 400, 401, 403, 404, 405, 422})
ZOOMS = (8, 12, 16)


@dataclass(frozen=True)
class Known:
    """The record behind the doors.

    Args:
        shown: Text that stands wherever the record is shown.
        secrets: Texts that only exact readers may get, such as coordinates.
        names: Values for the parts of addresses.
        geometry: Name of the model's geometry, or "".
    """

    row: Model
    shown: str
    secrets: tuple[str, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    geometry: str = "geometry"


class DomainTests:
    """Knock at every door of ``domain`` as every person."""

    domain: ClassVar[Domain]

    @pytest.fixture(params=[50, 5_000], ids=["50m", "5km"])
    def side_m(self, request: pytest.FixtureRequest) -> int:
        """Return the side of the known area."""
        return int(request.param)

    @pytest.fixture
    def known(self) -> Known:
        raise NotImplementedError("give the record behind the doors")

    @pytest.fixture
    def people(self, cast: Any) -> dict[str, Client]:
        """Return a signed-in client per person, with roles on this part alone."""
        found = {"nobody": Client()}
        names = [item.name for item in self.domain.data_classes]
        for name, role in PEOPLE.items():
            found[name] = Client()
            found[name].force_login(cast.with_role(name, role, names))
        return found

    @pytest.fixture
    def answers(self, cast: Any, known: Known, people: dict[str, Client]) -> Answers:
        enter_all_as(cast.users["elsewhere"])  # who has left keeps nothing
        return Answers(self.domain, known, people, cast.actor)

    def test_exact_readers_see_the_record(self, answers: Answers) -> None:
        for person in EXACT:
            seen = answers.showing(person)
            assert [door for door in seen if not door.startswith("/api")], person
            assert any(d.startswith("/api") for d in seen) or not self.domain.api

    def test_coarse_readers_get_no_secret(self, answers: Answers) -> None:
        for person in ROUGH:
            assert not answers.leaks(person, secrets_only=True), person

    def test_no_sum_tells_a_coarse_reader_a_number(self, answers: Answers) -> None:
        """What is computed of rows is computed of what is shown of them."""
        answers.known = replace(answers.known, secrets=numbers_of(answers.known.row))
        for person in ROUGH:
            assert not answers.leaks(person, secrets_only=True), person

    def test_others_learn_nothing(self, answers: Answers) -> None:
        for person in CLOSED:
            assert not answers.leaks(person), person

    def test_nobody_is_let_in_without_signing_in(self, answers: Answers) -> None:
        opened = [door for door, code, _text in answers.of("nobody") if code == 200]
        assert not opened

    def test_no_door_breaks(self, answers: Answers) -> None:
        for person in ("nobody", *PEOPLE):
            broken = [door for door, code, _t in answers.of(person) if code >= 500]
            assert not broken, person

    def test_only_those_who_may_write(self, answers: Answers, known: Known) -> None:
        before = stored(known.row)
        for person in (*ROUGH, *CLOSED, "authority"):
            # Who may write elsewhere may write there, but not to this record.
            about = known.names if person == "elsewhere" else {}
            for path in answers.pages():
                if not all(str(value) in path for value in about.values()):
                    continue
                code = answers.people[person].post(path).status_code
                assert code in REFUSED, (person, path, code)
        assert stored(known.row) == before

    def test_files_open_with_the_record_only(self, answers: Answers) -> None:
        from safelane.core.files.models import StoredFile

        for door in self.domain.file_doors:
            for person in (*ROUGH, *CLOSED):
                rows = StoredFile.objects.filter(door(answers.actor(person)))
                assert not rows.exists(), person

    def test_a_coarse_reader_gets_the_cell_alone(self, answers: Answers) -> None:
        known = answers.known
        if not (self.domain.collections and known.geometry):
            pytest.skip("the part publishes no place")
        exact = answers.shape("keeper")
        cell = answers.shape("coarse")
        assert exact is not None
        assert cell is not None
        assert answers.shape("district") is None
        west, south, east, north = cell.bounds
        assert min(east - west, north - south) > 0.005  # degrees: about 1 km
        assert not cell.equals(exact)

    def test_every_page_has_a_name_and_every_verb_words(self) -> None:
        from safelane.core.history.queries import said

        assert all(door.name for door in patterns(self.domain))
        for verb in self.domain.said:
            assert said(verb) != verb


@dataclass
class Answers:
    """What each person gets at each door; asked once."""

    domain: Domain
    known: Known
    people: dict[str, Client]
    actor: Callable[[str], Any]
    kept: dict[str, list[tuple[str, int, str]]] = field(default_factory=dict)

    def of(self, person: str) -> list[tuple[str, int, str]]:
        """Return address, status and text of every door."""
        if person not in self.kept:
            client = self.people[person]
            self.kept[person] = [ask(client, path) for path in self.doors()]
        return self.kept[person]

    def showing(self, person: str) -> list[str]:
        """Return the doors that show the record to a person."""
        return [path for path, _s, text in self.of(person) if self.known.shown in text]

    def leaks(self, person: str, *, secrets_only: bool = False) -> list[str]:
        """Return what a person got that is closed to them, with its door."""
        told = self.known.secrets
        told = told if secrets_only else (*told, self.known.shown)
        found = [
            f"{path}: {secret}"
            for path, _status, text in self.of(person)
            for secret in told
            if secret in text
        ]
        panels = repr([list(p(self.actor(person))) for p in self.domain.panels])
        return found + [f"home: {secret}" for secret in told if secret in panels]

    def doors(self) -> Iterator[str]:
        """Yield every address of the part that can be read."""
        yield from self.pages()
        yield from self.endpoints()
        for collection in self.domain.collections:
            base = f"/ogc/collections/{collection.name}"
            yield f"{base}/items?f=json&limit=1000"
            yield f"{base}/items/{self.known.names.get('uid', 'none')}?f=json"
            for tile in tiles_at(self.known):
                yield f"/tiles/{collection.name}/{tile}"

    def pages(self) -> list[str]:
        space = import_module(self.domain.urls).app_name if self.domain.urls else ""
        found = [address(self.known, space, p) for p in patterns(self.domain)]
        assert found or not self.domain.urls
        return found

    def endpoints(self) -> Iterator[str]:
        if not self.domain.api:
            return
        router = import_module(self.domain.api).router
        for path, view in router.path_operations.items():
            if any("GET" in op.methods for op in view.operations):
                yield "/api/v1" + path.format(**self.known.names)

    def shape(self, person: str) -> Any:
        """Return the place of the record that the collection shows to a person."""
        from shapely.geometry import shape

        name = self.domain.collections[0].name
        path = f"/ogc/collections/{name}/items/{self.known.names['uid']}?f=json"
        _path, status, text = ask(self.people[person], path)
        assert status == 200, (person, text)
        geometry = json.loads(text)["geometry"]
        return shape(geometry) if geometry else None


def numbers_of(row: Model) -> tuple[str, ...]:
    """Return the numbers that coarse readers see rounded or not at all, as written."""
    from safelane.core.facts.words import area_text
    from safelane.core.scope import Precision
    from safelane.core.scope.precision import rounded_area

    rough = [f for f in getattr(row, "declares", ()) if f.coarse != "show"]
    values = [getattr(row, fact.name, None) for fact in rough]
    numbers = {v for v in values if isinstance(v, int | float) and v > 999}
    shown = {area_text(rounded_area(n, Precision.CELL)) for n in numbers}
    texts = {t for n in numbers for t in (area_text(n), f"{n:.1f}")}
    return tuple(texts - shown)


def patterns(domain: Domain) -> list[URLPattern]:
    """Return the addresses of a part's pages."""
    if not domain.urls:
        return []
    found = import_module(domain.urls).urlpatterns
    return [pattern for pattern in found if isinstance(pattern, URLPattern)]


def address(known: Known, space: str, pattern: URLPattern) -> str:
    """Return the address of a page about the known record."""
    names = {name: known.names[name] for name in pattern.pattern.converters}
    return reverse(f"{space}:{pattern.name}", kwargs=names)


def tiles_at(known: Known) -> Iterator[str]:
    """Yield the tiles that hold the known place."""
    from math import asinh, floor, pi, radians, tan

    shape = getattr(known.row, known.geometry, None) if known.geometry else None
    if shape is None:
        return
    point = shape.representative_point()
    for zoom in ZOOMS:
        size = 2**zoom
        x = floor((point.x + 180) / 360 * size)
        y = floor((1 - asinh(tan(radians(point.y))) / pi) / 2 * size)
        yield f"{zoom}/{x}/{y}.mvt"


def ask(client: Client, path: str) -> tuple[str, int, str]:
    """Return address, status and text of an answer."""
    answer: Any = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return path, answer.status_code, body.decode("utf-8", errors="replace")


def stored(row: Model) -> dict[str, Any]:
    """Return a row as it stands in the database."""
    found = type(row)._default_manager.filter(pk=row.pk).values()
    return dict(found.get())
