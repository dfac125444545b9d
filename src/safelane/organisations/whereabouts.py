"""Where something lies: an admin area by its name, and the nearest named place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from pyproj import Geod
from shapely.geometry import Point

from safelane.core.errors import InvalidInput
from safelane.core.history.state import (
    Difference,
    StateCheck,
    altered,
    batches,
    unchecked,
)
from safelane.core.i18n.letters import any_case, tidy
from safelane.core.scope.precision import is_exact
from safelane.organisations.models import AdminArea, Country, NearPlace, Place
from safelane.organisations.review import imported_on

GEOD = Geod(ellps="WGS84")
NEAR_M = 0.001


def nearest_place(country: Country, point: Point) -> tuple[Place, float, float] | None:
    """Return the nearest place, its geodesic distance (m) and the bearing *from* it.

    The bearing is true, degrees clockwise from north, from the place to ``point``.
    """
    rows = Place.objects.filter(country=country)
    for metres in (5_000, 25_000, 100_000, 500_000):
        near = rows.filter(geometry__dwithin=(point, metres))
        ranked = sorted((_offset(place, point) for place in near), key=lambda o: o[1])
        if ranked:
            return ranked[0]
    return None


def _offset(place: Place, point: Point) -> tuple[Place, float, float]:
    bearing, _back, metres = GEOD.inv(
        place.geometry.x, place.geometry.y, point.x, point.y
    )
    return place, float(metres), float(bearing) % 360


def take_nearest(row: Any) -> None:
    """Set the nearest place of a ``NearPlace`` row by its ``geometry``."""
    row.nearest_place, row.nearest_place_m, row.nearest_place_bearing = _nearest(row)


def nearest_text(row: Any) -> str:
    """Return the nearest place in words; empty on rows that are not exact."""
    if not is_exact(row) or row.nearest_place is None:
        return ""
    return _("%(metres)s m from %(place)s, bearing %(bearing)s°") % {
        "metres": round(row.nearest_place_m or 0),
        "place": row.nearest_place,
        "bearing": round(row.nearest_place_bearing or 0),
    }


def nearest_check(name: str, model: type[NearPlace]) -> StateCheck:
    """Return the check that rows name the place that is nearest to them."""
    kept = (model._meta.label_lower,)
    return StateCheck(name, kept, partial(_wrong_nearest, model))


def _wrong_nearest(model: type[NearPlace]) -> Iterator[Difference]:
    """Yield rows beside which another place is named than the nearest one."""
    since = imported_on("places")
    every: models.QuerySet[Any] = model._base_manager.order_by("pk")
    for some in batches(every.select_related("country")):
        for row in some:
            if row.country_id in since and row.updated_at <= since[row.country_id]:
                why = _("nearest place, as places were imported since")
                yield unchecked(model, why)
            elif not _is_nearest(row):
                text = _("%(label)s names a nearest place that is not the nearest.")
                yield altered(row, text)


def _nearest(row: Any) -> tuple[Place | None, float | None, float | None]:
    point = row.geometry
    found = None if point is None else nearest_place(row.country, point)
    return found or (None, None, None)


def _is_nearest(row: Any) -> bool:
    place, *found = _nearest(row)
    held = (row.nearest_place_m, row.nearest_place_bearing)
    return row.nearest_place_id == (place and place.pk) and all(
        (one is None) == (other is None) and abs((one or 0) - (other or 0)) < NEAR_M
        for one, other in zip(held, found, strict=True)
    )


SEVERAL_SHOWN = 10
NAMES = ("country", "parent", "code", "name", "names", "path")


def area_named(country: Country, text: str) -> AdminArea:
    """Return the admin area that a text names: a name in any language, or a code.

    Of several with one name, what follows a comma is that of an area around it.

    Raises:
        InvalidInput: None has this name, or several have.
    """
    first, *around = [_plain(part) for part in text.split(",")]
    rows = AdminArea.objects.filter(country=country).only(*NAMES)
    every = {row.pk: row for row in rows}
    named = [row for row in every.values() if first in _names_of(row)]
    found = [
        row
        for row in named
        if set(around) <= {n for pk in row.keys_on_path for n in _names_of(every[pk])}
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        said = _(
            "“%(text)s” is no admin area of %(country)s that is known here. Take a "
            "name or an official code from the list, or the area around it."
        )
        values = {"text": text.strip(), "country": country}
        raise InvalidInput(said % values, field="admin_area")
    said = _("There are several: %(areas)s. Write the official code of one.")
    shown = [f"{row.full_name} ({row.code})" for row in found[:SEVERAL_SHOWN]]
    raise InvalidInput(said % {"areas": ", ".join(shown)}, field="admin_area")


def _plain(text: str) -> str:
    return any_case(unicodedata.normalize("NFKC", tidy(text)))


def _names_of(area: AdminArea) -> set[str]:
    return {_plain(name) for name in (area.code, area.name, *area.names.values())}
