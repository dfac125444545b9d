"""Geometry faults, found at entry: where they are and what to do about them.

The rules are those that GICHD had to publish as SQL after the fact (geocheck), plus
crossing outlines, spikes, and latitude and longitude swapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from safelane.core.geo import rings as ring_checks
from safelane.core.geo.errors import InvalidGeometry, Where
from safelane.core.geo.measure import Bounds
from safelane.core.geo.values import invalid_reason, out_of_range, read_geometry

BLOCK, WARN = "block", "warn"
MAX_PLACES = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one geometry.

    Args:
        code: Stable name, such as ``"self_crossing"``.
        message: What is wrong and what to do (translated).
        where: Longitude and latitude, where the fault has a place.
        severity: ``"block"`` (cannot be stored as it is) or ``"warn"``.
    """

    code: str
    message: str
    where: Where = None
    severity: str = BLOCK


def check_geometry(geometry: Any, *, bounds: Bounds | None = None) -> list[Fault]:
    """Return the faults of one geometry, gravest first; [] when it is sound.

    Args:
        geometry: Shapely geometry, GeoJSON, WKT or WKB in lon/lat. Only GeoJSON and
            coordinate lists can show rings that were left open or too short.
        bounds: Box of the country; finds swapped and misplaced coordinates.
    """
    written = list(_written_faults(geometry))
    if any(fault.severity == BLOCK for fault in written):
        return written
    try:
        shape = read_geometry(_as_geojson(geometry))
    except InvalidGeometry as error:
        return [*written, Fault("unreadable", str(error))]
    if shape is None or shape.is_empty:
        return [*written, _fault("empty")]
    if outside := list(_range_faults(shape)):
        return [*written, *outside]
    faults = [
        *written,
        *_swap_faults(shape, bounds),
        *_validity_faults(shape),
        *_vertex_faults(shape),
    ]
    return sorted(faults, key=lambda fault: fault.severity != BLOCK)


def places_of(faults: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    """Return the faults that have a place, for the markers of the map."""
    return [
        {"lon": where[0], "lat": where[1], "message": message}
        for where, message in faults
        if isinstance(where, list | tuple)
    ]


def _as_geojson(value: Any) -> Any:
    """Turn a bare list of rings into a GeoJSON polygon."""
    if isinstance(value, list | tuple):
        return {"type": "Polygon", "coordinates": value}
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        return value.get("geometry")
    return value


def _written_rings(value: Any) -> Iterator[Sequence[Any]]:
    value = _as_geojson(value)
    if not isinstance(value, Mapping):
        return
    coordinates = value.get("coordinates") or []
    if value.get("type") == "Polygon":
        yield from coordinates
    elif value.get("type") == "MultiPolygon":
        for polygon in coordinates:
            yield from polygon


def _written_faults(value: Any) -> Iterator[Fault]:
    """Yield the faults of rings as they were written, before shapely mends them."""
    try:
        for written in _written_rings(value):
            ring = [(float(p[0]), float(p[1])) for p in written]
            where, count = ring[0] if ring else None, len(set(ring))
            if count < 3:
                yield _fault("too_few_vertices", where, count=count)
            elif ring[0] != ring[-1]:
                yield _fault("unclosed", where)
    except (TypeError, ValueError, IndexError):
        yield _fault("unreadable")


def _fault(code: str, where: Where = None, **values: object) -> Fault:
    severity = WARN if code in _MERE_WARNINGS else BLOCK
    return Fault(code, str(_TEXTS[code]) % values, where, severity)


_MERE_WARNINGS = frozenset(
    {
        "unclosed", "outside_country", "duplicate_vertex", "duplicate_point", "spike",
    }
)  # fmt: skip
_TEXTS = {
    "unreadable": _("The coordinates are not pairs of numbers."),
    "empty": _("There is no geometry."),
    "too_few_vertices": _(
        "The outline has %(count)s different corners; an area needs at least 3."
    ),
    "unclosed": _("The outline does not end where it began. It was closed for you."),
    "swapped": _("Latitude and longitude look swapped. Longitude comes first."),
    "out_of_range": _(
        "%(lon)s, %(lat)s is not a longitude and latitude. The numbers may be "
        "metres: name the coordinate system of the source."
    ),
    "outside_country": _(
        "The geometry lies outside the country. Check the coordinates."
    ),
    "zero_area": _(
        "The outline encloses no area. Its corners lie on one line or point."
    ),
    "self_crossing": _("The outline crosses itself here. Put the corners in order."),
    "self_touching": _("The outline touches itself here. Draw two areas instead."),
    "hole_outside": _("A hole lies outside the area. Remove it or draw it as an area."),
    "nested_holes": _("A hole lies within another hole. Remove one of them."),
    "nested_parts": _("One part lies within another part. Join them or cut a hole."),
    "duplicate_part": _("The same outline occurs twice. Remove one."),
    "disconnected": _("Holes cut the area apart. Draw the pieces as parts."),
    "duplicate_vertex": _("The same corner occurs twice in a row. One of them can go."),
    "duplicate_point": _(
        "The same point occurs more than once. Check the list of points."
    ),
    "spike": _("The outline doubles back here (%(angle)s°): a mistyped corner?"),
}


def _range_faults(shape: BaseGeometry) -> Iterator[Fault]:
    place = out_of_range(shape)
    if place is None:
        return
    lon, lat = place
    if abs(lon) <= 90 and abs(lat) <= 180:
        yield _fault("swapped", (lat, lon))
    else:
        yield _fault("out_of_range", lon=f"{lon:.10g}", lat=f"{lat:.10g}")


def _swap_faults(shape: BaseGeometry, bounds: Bounds | None) -> Iterator[Fault]:
    if bounds is None:
        return
    xmin, ymin, xmax, ymax = shape.bounds
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    boxes = np.array([shape.bounds, (y, x, y, x)])
    is_out, is_out_swapped = ring_checks.out_of(boxes, bounds)
    if is_out and is_out_swapped:
        yield _fault("outside_country", (x, y))
    elif is_out:
        yield _fault("swapped", (y, x))


def _validity_faults(shape: BaseGeometry) -> Iterator[Fault]:
    if ring_checks.encloses_nothing(shape):
        lon, lat = shapely.get_coordinates(shape)[0].tolist()
        yield _fault("zero_area", (lon, lat))
    if shapely.is_valid(shape):
        return
    reason, where = invalid_reason(shape)
    code = _INVALID.get(reason, "invalid")
    places: list[Where] = [*ring_checks.crossings(shape)[:MAX_PLACES]]
    if code != "self_crossing" or not places:
        places = [where]
    text = _TOO_FEW if code == "too_few_vertices" else _TEXTS.get(code, _(reason))
    yield from (Fault(code, str(text), place) for place in places)


_TOO_FEW = _("The outline has too few different corners.")
_INVALID = {
    "Self-intersection": "self_crossing",
    "Ring Self-intersection": "self_touching",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "nested_holes",
    "Nested shells": "nested_parts",
    "Duplicate Rings": "duplicate_part",
    "Too few points in geometry component": "too_few_vertices",
    "Interior is disconnected": "disconnected",
}


def _vertex_faults(shape: BaseGeometry) -> Iterator[Fault]:
    for where in ring_checks.duplicates_in_a_row(shape):
        yield _fault("duplicate_vertex", where)
    for where in ring_checks.duplicate_points(shape):
        yield _fault("duplicate_point", where)
    for where, angle in ring_checks.spikes(shape):
        yield _fault("spike", where, angle=f"{angle:.2f}")


def check_many(
    geometries: Any, *, bounds: Bounds | None = None
) -> dict[int, list[Fault]]:
    """Return the faults by position; sound geometries are not listed.

    Args:
        geometries: Array (n,) of shapely geometries in lon/lat, None where missing.
    """
    shapes = np.asarray(geometries, dtype=object)
    suspects = np.flatnonzero(ring_checks.suspects(shapes, bounds))
    checked = ((int(i), check_geometry(shapes[i], bounds=bounds)) for i in suspects)
    return {index: faults for index, faults in checked if faults}
