"""One geometry value: read it from any form, make it 2D, refuse it when it is bad."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, shape
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.errors import InvalidGeometry, Where

MULTI_OF = {name: f"multi{name}" for name in ("point", "linestring", "polygon")}
GEOMETRY_TYPES = ("geometry", *MULTI_OF, *MULTI_OF.values())
# Of what is typed, drawn or sent; files have limits of their own.
MOST_POINTS, MOST_LISTS = 50_000, 2_000
_REASON = re.compile(r"^(?P<reason>.*?)\s*\[(?P<x>\S+) (?P<y>[^\s\]]+)[^\]]*\]$")


def read_geometry(value: Any) -> BaseGeometry | None:
    """Return ``value`` as a shapely geometry, or None for None and "".

    Args:
        value: A shapely geometry, WKB bytes or hexadecimal, WKT, GeoJSON text or
            a GeoJSON mapping (a Feature gives its geometry). WGS 84, lon/lat.

    Raises:
        InvalidGeometry: The value is none of these, or is damaged.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, BaseGeometry):
        return value
    try:
        return _parse(value)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _unreadable(value) from error
    except shapely.errors.ShapelyError as error:
        raise _unreadable(value) from error


def _unreadable(value: Any) -> InvalidGeometry:
    return InvalidGeometry(
        _(
            "“%(value)s” is not a geometry. Give GeoJSON, WKT or WKB "
            "in longitude and latitude."
        )
        % {"value": str(value)[:60]},
        reason="unreadable",
    )


def _parse(value: Any) -> BaseGeometry:
    if isinstance(value, bytes | bytearray | memoryview):
        return shapely.from_wkb(bytes(value))
    if isinstance(value, Mapping):
        return _from_mapping(value)
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    text = value.strip()
    if text.startswith("{"):
        return _from_mapping(json.loads(text))
    if re.fullmatch(r"(?:[0-9A-Fa-f]{2}){5,}", text):
        return shapely.from_wkb(bytes.fromhex(text))
    return shapely.from_wkt(text)


def _from_mapping(value: Mapping[str, Any]) -> BaseGeometry:
    if value["type"] == "Feature":
        value = value["geometry"]
    _refuse_large(value)
    return shape(dict(value))


def _refuse_large(value: Mapping[str, Any]) -> None:
    """Raise InvalidGeometry for more points or parts than a place that is drawn has.

    Checking many parts within each other takes minutes, in which nothing else is done.
    """
    waiting: list[Any] = [value.get("coordinates"), value.get("geometries")]
    points = lists = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            waiting += [part.get("coordinates"), part.get("geometries")]
        elif isinstance(part, list | tuple):
            if part and isinstance(part[0], int | float):
                points += 1
            else:
                lists += 1
                waiting += part
        if points > MOST_POINTS or lists > MOST_LISTS:
            said = _(
                "The geometry has more than %(points)s points or %(parts)s parts. "
                "Import it from a file, or simplify it."
            )
            limits = {"points": MOST_POINTS, "parts": MOST_LISTS // 2}
            raise InvalidGeometry(said % limits, reason="too large")


def prepare_geometry(value: Any, geom_type: str = "geometry") -> BaseGeometry | None:
    """Return the geometry as it may be stored: 2D, valid, in range, of its type.

    Heights and measures are dropped; a single part becomes a multi-part geometry, or
    the reverse, when ``geom_type`` asks for it and nothing is lost.

    Raises:
        InvalidGeometry: It is empty, invalid, out of range or of another type.
    """
    geometry = read_geometry(value)
    if geometry is None:
        return None
    return check_storable(as_type(shapely.force_2d(geometry), geom_type))


def as_type(geometry: BaseGeometry, geom_type: str) -> BaseGeometry:
    """Return ``geometry`` as ``geom_type``, wrapping or unwrapping one part."""
    if geometry.geom_type == "LinearRing":
        geometry = LineString(shapely.get_coordinates(geometry))
    name = geometry.geom_type.lower()
    if geom_type == name or (geom_type == "geometry" and name in GEOMETRY_TYPES):
        return geometry
    if geom_type == MULTI_OF.get(name):
        multi: BaseGeometry = getattr(shapely, f"{geom_type}s")([geometry])
        return multi
    if name == MULTI_OF.get(geom_type) and len(geometry.geoms) == 1:  # type: ignore[attr-defined]
        return cast(BaseGeometry, shapely.get_geometry(geometry, 0))
    raise InvalidGeometry(
        _("A %(given)s was given where a %(wanted)s is needed.")
        % {"given": geometry.geom_type, "wanted": geom_type},
        reason="wrong type",
    )


def check_storable(geometry: BaseGeometry) -> BaseGeometry:
    """Return ``geometry`` if it is non-empty, in range and valid; else raise.

    Raises:
        InvalidGeometry: With the place of the fault where there is one.
    """
    if geometry.is_empty:
        raise InvalidGeometry(_("The geometry is empty."), reason="empty")
    if place := out_of_range(geometry):
        lon, lat = place
        raise InvalidGeometry(
            _(
                "%(lon)s, %(lat)s is not a longitude and latitude in degrees. Check "
                "the coordinate system of the source and the order of the two numbers."
            )
            % {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"},
            reason="out of range",
            where=place if np.isfinite(place).all() else None,
        )
    if not shapely.is_valid(geometry):
        reason, where = invalid_reason(geometry)
        raise InvalidGeometry(_describe(reason, where), reason=reason, where=where)
    return geometry


def out_of_range(geometry: BaseGeometry) -> tuple[float, float] | None:
    """Return the first corner that is no longitude and latitude in degrees."""
    points = shapely.get_coordinates(geometry)
    fits = (np.abs(points) <= [180, 90]).all(axis=1)
    if fits.all():
        return None
    lon, lat = points[~fits][0].tolist()
    return lon, lat


def invalid_reason(geometry: BaseGeometry) -> tuple[str, Where]:
    """Return why GEOS calls ``geometry`` invalid, and where (lon, lat)."""
    text = str(shapely.is_valid_reason(geometry))
    match = _REASON.match(text)
    if match is None:
        return text, None
    return match["reason"], (float(match["x"]), float(match["y"]))


def _describe(reason: str, where: Where) -> str:
    translated = _(reason)
    if where is None:
        return _("The geometry is not valid: %(reason)s.") % {"reason": translated}
    return _(
        "The geometry is not valid: %(reason)s at longitude %(lon)s, latitude %(lat)s. "
        "Correct the outline there."
    ) % {"reason": translated, "lon": f"{where[0]:.6f}", "lat": f"{where[1]:.6f}"}


def to_wkb(geometry: BaseGeometry) -> bytes:
    """Return 2D little-endian WKB without an SRID, the stored form on SQLite."""
    wkb: bytes = shapely.to_wkb(
        geometry, output_dimension=2, byte_order=1, include_srid=False
    )
    return wkb


def rounded(geometry: Any, digits: int) -> Any:
    """Return the geometry (or array of them) with coordinates rounded."""
    return shapely.transform(geometry, lambda points: np.round(points, digits))
