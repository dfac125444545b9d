"""Countries from packs; admin areas and places from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.organisations.inputs import AreaRow, PlaceRow
from safelane.organisations.models import AdminArea, Country, Place
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
        InvalidInput: A code stands twice, or an area has no parent above it.
    """
    by.require("area.manage")
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
    seen: set[tuple[int, str]] = set()
    for row in rows:
        if (row.level, row.code) in seen:
            raise InvalidInput(
                _("Code %(code)s stands twice at level %(level)s.")
                % {"code": row.code, "level": row.level}
            )
        seen.add((row.level, row.code))


def _save_area(row: AreaRow, country: Country, source: str) -> AdminArea:
    parent = _parent_of(row, country)
    area = AdminArea.objects.filter(
        country=country, level=row.level, code=row.code
    ).first() or AdminArea(country=country, level=row.level, code=row.code, path="")
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
    if row.parent_code is not None:
        parent = above.filter(code=row.parent_code).first()
    elif row.geometry is not None:
        parent = _best_cover(row.geometry, above)
    else:
        parent = None
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
    """Create or update places, each in the deepest admin area that holds it."""
    by.require("area.manage")
    listed = list(rows)
    places = np.array([[row.lon, row.lat] for row in listed], dtype=float)
    points: Any = shapely.points(places.reshape(-1, 2))
    areas = AreaFinder(country).at(points)
    saved = [
        Place.objects.update_or_create(
            country=country,
            code=row.code,
            defaults={
                "name": row.name,
                "names": row.names,
                "kind": row.kind,
                "population": row.population,
                "geometry": point,
                "admin_area_id": area,
                "source": source,
            },
        )[0]
        for row, point, area in zip(listed, points, areas, strict=True)
    ]
    _note("area.import", country, {"places": len(saved), "source": source}, by)
    return saved


def _note(verb: str, country: Country, after: dict[str, object], by: Actor) -> None:
    code = country.code
    record(Entry(None, verb, "country", code, code, after=after), by=by)
