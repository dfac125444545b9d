"""Geometries in API answers: GeoJSON, longitude first, centimetre digits."""

from __future__ import annotations

import json
from typing import Any, Literal

import shapely
from ninja import Schema
from pydantic import ConfigDict
from shapely.geometry.base import BaseGeometry

DIGITS = 7  # about 1 cm on the ground

GeometryType = Literal[
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
]


class GeoJSON(Schema):
    """A GeoJSON geometry (RFC 7946), WGS 84, longitude first."""

    model_config = ConfigDict(extra="allow")

    type: GeometryType


def as_geojson(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """Return ``geometry`` as a GeoJSON mapping."""
    if geometry is None:
        return None
    rounded = shapely.transform(geometry, lambda points: points.round(DIGITS))
    mapping: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return mapping
