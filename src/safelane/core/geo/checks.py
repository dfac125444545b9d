"""Geometry faults, found at entry: where they are and what to do about them.

The rules are those that GICHD had to publish as SQL after the fact (geocheck), plus
crossing outlines, spikes, and latitude and longitude swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.geo import rings as ring_checks
from safelane.core.geo.errors import InvalidGeometry, Where
from safelane.core.geo.measure import Bounds
from safelane.core.geo.values import invalid_reason, read_geometry

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
        return [*written, Fault("empty", _("There is no geometry."))]
    out_of_range = list(_range_faults(shape))
    if out_of_range:
        return [*written, *out_of_range]
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
        for ring in _written_rings(value):
            yield from _written_ring_faults([tuple(map(float, p[:2])) for p in ring])
    except (TypeError, ValueError, IndexError):
        yield Fault("unreadable", _("The coordinates are not pairs of numbers."))


def _written_ring_faults(ring: list[tuple[float, ...]]) -> Iterator[Fault]:
    where = None if not ring else (ring[0][0], ring[0][1])
    count = len(set(ring))
    if count < 3:
        yield Fault("too_few_vertices", _too_few(count), where)
    elif ring[0] != ring[-1]:
        yield Fault(
            "unclosed",
            _("The outline does not end where it began. It was closed for you."),
            where,
            WARN,
        )


def _too_few(count: int) -> str:
    return _(
        "The outline has %(count)s different corners; an area needs at least 3."
    ) % {"count": count}


def _range_faults(shape: BaseGeometry) -> Iterator[Fault]:
    points = shapely.get_coordinates(shape)
    bad = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))
    if not bad.any():
        return
    lon, lat = (float(value) for value in points[bad][0])
    if abs(lon) <= 90 and abs(lat) <= 180:
        yield _swapped((lat, lon))
        return
    yield Fault(
        "out_of_range",
        _(
            "%(lon)s, %(lat)s is not a longitude and latitude. The numbers may be "
            "metres: name the coordinate system of the source."
        )
        % {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"},
    )


def _swapped(where: Where) -> Fault:
    return Fault(
        "swapped",
        _("Latitude and longitude look swapped. Longitude comes first."),
        where,
    )


def _swap_faults(shape: BaseGeometry, bounds: Bounds | None) -> Iterator[Fault]:
    if bounds is None or _within(shape.bounds, bounds):
        return
    x, y = (
        (shape.bounds[0] + shape.bounds[2]) / 2,
        (shape.bounds[1] + shape.bounds[3]) / 2,
    )
    if _within((y, x, y, x), bounds):
        yield _swapped((y, x))
        return
    yield Fault(
        "outside_country",
        _("The geometry lies outside the country. Check the coordinates."),
        (x, y),
        WARN,
    )


def _within(inner: Sequence[float], outer: Bounds) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _validity_faults(shape: BaseGeometry) -> Iterator[Fault]:
    if ring_checks.encloses_nothing(shape):
        corner = shapely.get_coordinates(shape)[0]
        yield Fault(
            "zero_area",
            _("The outline encloses no area. Its corners lie on one line or point."),
            (float(corner[0]), float(corner[1])),
        )
    if shapely.is_valid(shape):
        return
    reason, where = invalid_reason(shape)
    code, message = _INVALID.get(reason, ("invalid", lambda: _(reason)))
    places = ring_checks.crossings(shape)[:MAX_PLACES]
    if code != "self_crossing" or not places:
        places = [] if where is None else [where]
    faults = [Fault(code, message(), place) for place in places]
    yield from faults or [Fault(code, message())]


_INVALID: dict[str, tuple[str, Callable[[], str]]] = {
    "Self-intersection": (
        "self_crossing",
        lambda: _("The outline crosses itself here. Put the corners in order."),
    ),
    "Ring Self-intersection": (
        "self_touching",
        lambda: _("The outline touches itself here. Draw two areas instead."),
    ),
    "Hole lies outside shell": (
        "hole_outside",
        lambda: _("A hole lies outside the area. Remove it or draw it as an area."),
    ),
    "Holes are nested": (
        "nested_holes",
        lambda: _("A hole lies within another hole. Remove one of them."),
    ),
    "Nested shells": (
        "nested_parts",
        lambda: _("One part lies within another part. Join them or cut a hole."),
    ),
    "Duplicate Rings": (
        "duplicate_part",
        lambda: _("The same outline occurs twice. Remove one."),
    ),
    "Too few points in geometry component": (
        "too_few_vertices",
        lambda: _("The outline has too few different corners."),
    ),
    "Interior is disconnected": (
        "disconnected",
        lambda: _("Holes cut the area apart. Draw the pieces as parts."),
    ),
}


def _vertex_faults(shape: BaseGeometry) -> Iterator[Fault]:
    for where in ring_checks.duplicates_in_a_row(shape):
        yield Fault(
            "duplicate_vertex",
            _("The same corner occurs twice in a row. One of them can go."),
            where,
            WARN,
        )
    for where in ring_checks.duplicate_points(shape):
        yield Fault(
            "duplicate_point",
            _("The same point occurs more than once. Check the list of points."),
            where,
            WARN,
        )
    for where, angle in ring_checks.spikes(shape):
        yield Fault("spike", _spike(angle), where, WARN)
    for where, metres in ring_checks.long_edges(shape):
        text = _long_edge(metres, ring_checks.MAX_EDGE_M)
        yield Fault("long_edge", text, where, WARN)


def _spike(angle: float) -> str:
    return _("The outline doubles back here (%(angle)s°): a mistyped corner?") % {
        "angle": f"{angle:.2f}"
    }


def _long_edge(metres: float, limit: float) -> str:
    return _(
        "Two corners are %(metres)s m apart, more than %(limit)s m: a mistyped corner?"
    ) % {"metres": f"{metres:.0f}", "limit": f"{limit:.0f}"}


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
