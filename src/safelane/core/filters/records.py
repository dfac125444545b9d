"""Which records of one kind are asked for, now or in the past."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

from safelane.core.facts import Fact, Facts, facts_of
from safelane.core.filters import reading
from safelane.core.filters.reading import Moment, Query
from safelane.core.geo.measure import Bounds, split_bounds
from safelane.core.i18n.letters import any_case
from safelane.core.scope import Precision
from safelane.core.scope.precision import (
    DISTRICT_LEVEL,
    EXACTLY,
    blurred,
    is_exact,
    shown_meets,
)

M = TypeVar("M", bound=Model)
COARSELY = Q(precision__gt=Precision.EXACT)
DISTRICT = int(Precision.DISTRICT)
DEEPEST_LEVEL = 5
Codes = tuple[str, ...]


@dataclass(frozen=True)
class RecordFilter:
    """Filters of a list; empty ones do not narrow it.

    A subclass names the model; the facts of the model that declare ``filter`` are
    asked by their codes, and read here as attributes of that name.

    Attributes:
        model: Whose rows and facts are asked.
        words: Facts in which words are looked for.
        dated_by: Fact, or column, that the two dates enclose.
        past_dated_by: The same in the periods that keep what was true.
        codes: Name of the filter and its codes, for each that is given.
        area: Primary key of an admin area; everything below it counts.
        bbox: west, south, east, north in WGS 84 degrees.
        date_from, date_to: Both included.
        as_of: Show what was true on this day ...
        known_at: ... as it was known at this moment (end of day where a date is given).
    """

    model: ClassVar[type[Model]]
    words: ClassVar[tuple[str, ...]] = ("reference",)
    dated_by: ClassVar[str]
    past_dated_by: ClassVar[str] = "valid_from"

    q: str = ""
    codes: tuple[tuple[str, Codes], ...] = ()
    organisation: int | None = None
    country: str = ""
    area: int | None = None
    bbox: Bounds | None = None
    date_from: date | None = None
    date_to: date | None = None
    as_of: date | None = None
    known_at: datetime | None = None

    @classmethod
    def facts(cls) -> Facts:
        return facts_of(cls.model)

    @classmethod
    def asked(cls) -> Iterator[Fact]:
        """Yield the facts that are asked by their codes."""
        return (fact for fact in cls.facts().values() if fact.filter)

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return the names under which an address gives the filters."""
        plain = {field.name for field in fields(cls)} - {"codes"}
        return frozenset(plain | {fact.filter for fact in cls.asked()})

    @classmethod
    def parse(cls, query: Query, beside: Collection[str] | None = None) -> Self:
        """Read a ``QueryDict``, or a plain mapping.

        Args:
            beside: What else may stand there; None reads what it knows of anything.

        Raises:
            InvalidInput: A value cannot be read, or a name means nothing; the message
                names it.
        """
        if beside is not None:
            reading.refuse_unknown(query, cls.names().union(beside))
        then = Moment.parse(query)
        given = [(f.filter, reading.codes_of(query, f.filter)) for f in cls.asked()]
        return cls(
            q=reading.text_of(query, "q"),
            codes=tuple((name, codes) for name, codes in given if codes),
            organisation=reading.number_of(query, "organisation"),
            country=reading.text_of(query, "country").upper(),
            area=reading.number_of(query, "area"),
            bbox=reading.box_of(query, "bbox"),
            date_from=reading.day_of(query, "date_from"),
            date_to=reading.day_of(query, "date_to"),
            as_of=then.as_of,
            known_at=then.known_at,
        )

    def __getattr__(self, name: str) -> Codes:
        if not name.startswith("_") and name in {f.filter for f in self.asked()}:
            return dict(self.codes).get(name, ())
        raise AttributeError(name)

    @property
    def then(self) -> Moment:
        """Return the two dates of which the answer tells."""
        return Moment(self.as_of, self.known_at)

    @property
    def is_past(self) -> bool:
        """Say whether a past state is asked for."""
        return self.then.is_past

    @property
    def dates_only(self) -> Self:
        """Return the filter that asks for the same day and moment, and nothing else."""
        return type(self)(as_of=self.as_of, known_at=self.known_at)

    def values(self) -> dict[str, Any]:
        """Return name -> value of each filter that narrows, in the order of the form.

        A box stands with nine digits, so that two extents of a map are told apart.
        """
        box = self.bbox and ",".join(f"{number:.9g}" for number in self.bbox)
        names = ("organisation", "country", "area")
        later = ("date_from", "date_to", "as_of")
        found = {"q": self.q, **dict(self.codes)}
        found |= {name: getattr(self, name) for name in names}
        found |= {"bbox": box} | {name: getattr(self, name) for name in later}
        found["known_at"] = self.then.known_text
        return {name: value for name, value in found.items() if value not in (None, "")}

    def querystring(self) -> str:
        """Return the filter as a query string that ``parse`` reads back."""
        written = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.values().items()
        }
        return urlencode(written, doseq=True)

    def apply(
        self, rows: QuerySet[M], *, via: str = "", coarse: bool = True
    ) -> QuerySet[M]:
        """Narrow records; with ``via="item__"`` the periods of a record.

        Args:
            rows: From ``visible_to``, so each row carries ``precision``.
            coarse: Some rows may not be exact. Then no filter tells more about a row
                than what is shown of it.
        """
        found = self._codes(coarse) & self._words(via, coarse)
        found &= self._dates(via, coarse)
        if self.organisation is not None:
            found &= Q(**{f"{via}organisation_id": self.organisation})
        if self.country:
            found &= Q(**{f"{via}country__code": self.country})
        if self.area is not None:
            found &= lying_in(self.model, self.area, coarse=coarse)
        if self.bbox is not None:
            exact = Q(geometry__bbox=self.bbox)
            found &= shown_meets(self.bbox) if coarse else exact
        return rows.filter(found)

    def _codes(self, coarse: bool) -> Q:
        found, chosen = Q(), dict(self.codes)
        for fact in self.asked():
            if fact.filter in chosen:
                each = Q(**{f"{fact.name}__in": chosen[fact.filter]})
                found &= self._shown(fact.name, each, coarse)
        return found

    def _words(self, via: str, coarse: bool) -> Q:
        if not self.q:
            return Q()
        found = Q(pk__in=())
        for name in self.words:
            path = f"{via}{name}" if name == "reference" else name
            each = Q(**{f"{path}__icontains": self.q})
            found |= self._shown(name, each, coarse)
        return found | self._place_named(coarse)

    def _place_named(self, coarse: bool) -> Q:
        """Return "lies in a place of this name", as far as rows show their place."""
        exactly = Q(admin_area__in=_within(self.places))
        if not coarse:
            return exactly
        wide = _within(self.places.filter(level__lte=DISTRICT_LEVEL))
        by_district = Q(admin_area__in=wide, precision__lte=DISTRICT)
        return EXACTLY & exactly | by_district

    @property
    def places(self) -> QuerySet[Any]:
        """Return the admin areas whose name holds the words, in any language."""
        areas: Any = places_of(self.model)
        found: QuerySet[Any] = areas._default_manager.filter(areas.named(self.q))
        return found.order_by()

    @cached_property
    def place_keys(self) -> frozenset[int]:
        """Return the keys of ``places``, read once."""
        return frozenset(self.places.values_list("pk", flat=True))

    def _shown(self, name: str, condition: Q, coarse: bool) -> Q:
        """Let a fact that coarse readers do not see find exact rows only."""
        shown = not coarse or self.facts().coarse(name) == "show"
        return condition if shown else EXACTLY & condition

    def _dates(self, via: str, coarse: bool) -> Q:
        name = self.past_dated_by if via else self.dated_by
        exact, by_year = Q(), Q()
        for sign, day in (("gte", self.date_from), ("lte", self.date_to)):
            if day is not None:
                exact &= Q(**{f"{name}__{sign}": day})
                by_year &= Q(**{f"{name}__year__{sign}": day.year})
        if not coarse or not exact or self.facts().coarse(self.dated_by) == "show":
            return exact
        if self.facts().coarse(self.dated_by) == "hide":
            return EXACTLY & exact
        return EXACTLY & exact | COARSELY & by_year


def places_of(model: type[Model]) -> Any:
    """Return the model of the admin areas in which rows lie."""
    return model._meta.get_field("admin_area").related_model


def _within(places: QuerySet[Any]) -> QuerySet[Any]:
    """Return the admin areas that are among ``places`` or lie in one of them."""
    steps = ["__".join(["parent"] * up) or "pk" for up in range(DEEPEST_LEVEL)]
    among = (Q(**{f"{step}__in": places.values("pk")}) for step in steps)
    every: QuerySet[Any] = places.model._default_manager.all()
    return every.filter(reduce(or_, among)).values("pk")


def lying_in(model: type[Model], area: int, *, coarse: bool) -> Q:
    """Return "lies in the admin area", no deeper than what rows show of theirs.

    Args:
        area: Key of the admin area; everything below it counts.
        coarse: Some rows may not be exact: they name their district, not their village.
    """
    inside = Q(admin_area__path__contains=f"/{area}/")
    wide = places_of(model)._default_manager.filter(level__lte=DISTRICT_LEVEL, pk=area)
    if not coarse:
        return inside
    shown = Precision.DISTRICT if wide.exists() else Precision.EXACT
    return inside & Q(precision__lte=int(shown))


def fits(filters: RecordFilter, row: Any) -> bool:
    """Say whether a row with its ``precision`` is asked for, as far as it is shown."""
    return (
        _coded(filters, row)
        and _named(filters, row)
        and _dated(filters, row)
        and _placed(filters, row)
        and filters.organisation in (None, row.organisation_id)
        and filters.country in ("", row.country.code)
    )


def _sees(filters: RecordFilter, row: Any, name: str) -> bool:
    return is_exact(row) or filters.facts().coarse(name) == "show"


def _coded(filters: RecordFilter, row: Any) -> bool:
    chosen = dict(filters.codes)
    return all(
        _sees(filters, row, fact.name) and getattr(row, fact.name) in codes
        for fact in filters.asked()
        if (codes := chosen.get(fact.filter))
    )


def _named(filters: RecordFilter, row: Any) -> bool:
    words = any_case(filters.q)
    seen = (name for name in filters.words if _sees(filters, row, name))
    if not words or any(words in any_case(getattr(row, n)) for n in seen):
        return True
    return not filters.place_keys.isdisjoint(_shown_places(row))


def _dated(filters: RecordFilter, row: Any) -> bool:
    first, last = filters.date_from, filters.date_to
    if first is None and last is None:
        return True
    day = getattr(row, filters.dated_by)
    if day is None:
        return False
    if not _sees(filters, row, filters.dated_by):
        if filters.facts().coarse(filters.dated_by) == "hide":
            return False
        first = first and first.replace(month=1, day=1)
        last = last and last.replace(month=12, day=31)
    return bool((first or date.min) <= day <= (last or date.max))


def _placed(filters: RecordFilter, row: Any) -> bool:
    if filters.bbox is None or not _in_area(filters, row):
        return _in_area(filters, row)
    if (shape := blurred(row.geometry, int(row.precision))) is None:
        return False
    west, south, east, north = shape.bounds
    return any(
        west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]
        for box in split_bounds(filters.bbox)
    )


def _in_area(filters: RecordFilter, row: Any) -> bool:
    return filters.area is None or filters.area in _shown_places(row)


def _shown_places(row: Any) -> list[int]:
    """Return the keys of the admin areas that a row shows, widest first."""
    if row.admin_area is None or (not is_exact(row) and row.precision > DISTRICT):
        return []
    keys: list[int] = row.admin_area.keys_on_path
    return keys if is_exact(row) else keys[:DISTRICT_LEVEL]
