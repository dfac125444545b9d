"""Countries from packs, codes of their own; admin areas and places from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.history.actions import Entry, record, take_turn
from safelane.core.history.models import PLATFORM_CHAIN
from safelane.core.records.actions import AlreadyExists
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.organisations.actions.access import require_country
from safelane.organisations.inputs import AreaRow, PlaceRow
from safelane.organisations.models import AdminArea, Country, LocalCode, Place
from safelane.organisations.packs import forget_packs, pack_of
from safelane.organisations.queries import AreaFinder


@transaction.atomic
def create_country(pack_code: str, *, by: Actor) -> Country:
    """Create the country of a pack, or return it when it exists.

    Raises:
        UnknownPack: No pack has this name.
    """
    by.require("area.manage")
    pack = load_pack(pack_code)
    country, created = Country.objects.get_or_create(
        code=pack.country_code,
        defaults={"name": pack.name, "names": dict(pack.names), "pack": pack_code},
    )
    if created:
        _note("area.create_country", country, {"pack": pack_code}, by)
    return country


@transaction.atomic
def import_admin_areas(
    rows: Iterable[AreaRow], *, country: Country, source: str, by: Actor
) -> list[AdminArea]:
    """Create or update admin areas, upper levels first; running twice changes nothing.

    Returns:
        The areas in the order of ``rows``.

    Raises:
        NotPermitted: The country, or part of it, is outside the actor's reach.
        InvalidInput: A code stands twice, or an area has no parent above it.
    """
    require_country(country, "area.manage", by)
    take_turn([PLATFORM_CHAIN])  # whoever else brings the same in finds it here
    listed = list(rows)
    ordered = sorted(listed, key=lambda row: (row.level, row.code))
    _refuse_double_codes(ordered)
    saved = {id(row): _save_area(row, country, source) for row in ordered}
    if country.geometry is None and ordered:
        country.geometry = _outline(ordered)
        country.save()
    after = {"admin_areas": len(saved), "source": source}
    _note("area.import", country, after, by)
    return [saved[id(row)] for row in listed]


def _refuse_double_codes(rows: Sequence[AreaRow]) -> None:
    """Raise where two of the ordered rows have one code."""
    for above, row in pairwise(rows):
        if (above.level, above.code) == (row.level, row.code):
            raise InvalidInput(
                _("Code %(code)s stands twice at level %(level)s.")
                % {"code": row.code, "level": row.level}
            )


def _save_area(row: AreaRow, country: Country, source: str) -> AdminArea:
    parent = _parent_of(row, country)
    known: dict[str, Any] = {"country": country, "level": row.level, "code": row.code}
    area = AdminArea.objects.filter(**known).first() or AdminArea(**known, path="")
    area.name, area.names, area.parent = row.name, row.names, parent
    area.geometry, area.source = row.geometry, source
    area.save()
    path = f"{parent.path if parent else '/'}{area.pk}/"
    if area.path != path:
        area.path = path
        area.save()
    return area


def _parent_of(row: AreaRow, country: Country) -> AdminArea | None:
    if row.level <= 1:
        return None
    above = AdminArea.objects.filter(country=country, level=row.level - 1)
    parent = None
    if row.parent_code is not None:
        parent = above.filter(code=row.parent_code).first()
    elif row.geometry is not None:
        parent = _best_cover(row.geometry, above)
    if parent is None:
        raise InvalidInput(
            _("%(name)s (%(code)s) has no area of level %(level)s above it.")
            % {"name": row.name, "code": row.code, "level": row.level - 1}
        )
    return parent


def _best_cover(geometry: BaseGeometry, above: Iterable[AdminArea]) -> AdminArea | None:
    """Return the upper area that shares most ground: borders never match exactly."""
    candidates = [a for a in above if a.geometry and a.geometry.intersects(geometry)]
    return max(
        candidates, key=lambda a: a.geometry.intersection(geometry).area, default=None
    )


def _outline(rows: Sequence[AreaRow]) -> BaseGeometry | None:
    top = [r.geometry for r in rows if r.level == 1 and r.geometry is not None]
    return shapely.make_valid(shapely.union_all(top)) if top else None


@transaction.atomic
def import_places(
    rows: Iterable[PlaceRow], *, country: Country, source: str, by: Actor
) -> list[Place]:
    """Create or update places, each in the deepest admin area that holds it.

    Raises:
        NotPermitted: As :func:`import_admin_areas`.
    """
    require_country(country, "area.manage", by)
    take_turn([PLATFORM_CHAIN])
    listed = list(rows)
    places = np.array([[row.lon, row.lat] for row in listed], dtype=float)
    points: Any = shapely.points(places.reshape(-1, 2))
    areas = AreaFinder(country).at(points)
    saved = []
    for row, point, area in zip(listed, points, areas, strict=True):
        names = ("name", "names", "kind", "population")
        facts: dict[str, Any] = {name: getattr(row, name) for name in names}
        facts |= {"geometry": point, "admin_area_id": area, "source": source}
        place, _created = Place.objects.update_or_create(
            country=country, code=row.code, defaults=facts
        )
        saved.append(place)
    _note("area.import", country, {"places": len(saved), "source": source}, by)
    return saved


def _note(verb: str, country: Country, after: dict[str, object], by: Actor) -> None:
    code = country.code
    record(Entry(None, verb, "country", code, code, after=after), by=by)


@transaction.atomic
def add_local_code(
    country: Country,
    list_name: str,
    code: str,
    *,
    labels: dict[str, str],
    source: str,
    valid_from: date,
    by: Actor,
) -> LocalCode:
    """Add a code that the pack's list lacks.

    Raises:
        NotPermitted: The country, or part of it, is outside the actor's reach.
        AlreadyExists: The list has this code already.
        InvalidInput: The list is unknown, or the code has no English label.
    """
    require_country(country, "codes.manage", by)
    known = pack_of(country).code_list(list_name)
    if any(item.code == code for item in known.codes):
        raise AlreadyExists(
            _("The list has the code “%(code)s” already.") % {"code": code},
            field="code",
        )
    if not labels.get("en", "").strip() or not source.strip():
        raise InvalidInput(_("Give an English label and who decided it."))
    row = LocalCode.objects.create(
        country=country,
        list_name=list_name,
        code=code,
        labels={key: text.strip() for key, text in labels.items() if text.strip()},
        source=source.strip(),
        valid_from=valid_from,
    )
    _note_code("codes.add", row, by)
    return row


@transaction.atomic
def retire_local_code(row: LocalCode, ends: date, *, by: Actor) -> LocalCode:
    """End a local code on a day; records that use it keep it.

    Raises:
        NotPermitted: As :func:`add_local_code`.
        Conflict: It has been retired already.
        InvalidInput: It begins only after that day.
    """
    require_country(row.country, "codes.manage", by)
    if row.valid_to is not None:
        raise Conflict(_("This code has been retired already."))
    if ends < row.valid_from:
        raise InvalidInput(_("It begins only after that day."), field="ends")
    row.valid_to = ends
    row.save(update_fields=["valid_to"])
    _note_code("codes.retire", row, by)
    return row


def code_facts(row: LocalCode) -> dict[str, Any]:
    """Return what the history keeps of a local code."""
    return {
        "country": row.country.code,
        "labels": row.labels,
        "source": row.source,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _note_code(verb: str, row: LocalCode, by: Actor) -> None:
    after = code_facts(row)
    record(Entry(None, verb, "code", row.pk, str(row), after=after), by=by)
    forget_packs()
    transaction.on_commit(forget_packs)  # others may have read in between
