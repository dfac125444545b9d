"""Geometries in API answers: GeoJSON, longitude first, centimetre digits."""

from __future__ import annotations

import json
from typing import Annotated, Any

import shapely
from pydantic import WithJsonSchema
from shapely.geometry.base import BaseGeometry

DIGITS = 7  # about 1 cm on the ground
TYPES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
SCHEMA = {
    "type": "object",
    "title": "GeoJSON",
    "description": "A GeoJSON geometry (RFC 7946), WGS 84, longitude first.",
    "required": ["type"],
    "properties": {
        "type": {"type": "string", "enum": list(TYPES)},
        "coordinates": {"type": "array"},
        "geometries": {"type": "array", "items": {"type": "object"}},
    },
}
# Whether the coordinates hold together is said by ``core.geo.prepare_geometry``.
GeoJSON = Annotated[dict[str, Any], WithJsonSchema(SCHEMA)]


def as_geojson(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """Return ``geometry`` as a GeoJSON mapping."""
    if geometry is None:
        return None
    rounded = shapely.transform(geometry, lambda points: points.round(DIGITS))
    mapping: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return mapping
