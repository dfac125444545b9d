"""Geometry elements of KML as shapely geometries (longitude, latitude)."""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from shapely.geometry.base import BaseGeometry

from safelane.exchange.readers.xml import local_name

GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def build_geometry(element: Any, depth: int = 0) -> BaseGeometry:
    """Return the geometry that an element describes.

    Raises:
        ValueError: Of another kind, without coordinates or with bad ones.
    """
    tag = local_name(element)
    if depth > 8:
        raise ValueError("geometries nested too deep")
    if tag == "Point":
        return Point(_coordinates(element)[0])
    if tag in {"LineString", "LinearRing"}:
        return LineString(_coordinates(element))
    if tag == "Polygon":
        return _polygon(element)
    if tag == "MultiGeometry":
        return _collection(element, depth)
    raise ValueError(f"{tag} is not supported")


def _polygon(element: Any) -> BaseGeometry:
    outer: Any = None
    holes = []
    for side in element:
        rings = [r for r in side.iter() if local_name(r) == "LinearRing"]
        if local_name(side) == "outerBoundaryIs" and rings:
            outer = _coordinates(rings[0])
        elif local_name(side) == "innerBoundaryIs":
            holes += [_coordinates(r) for r in rings]
    if outer is None:
        raise ValueError("the polygon has no outer boundary")
    return Polygon(outer, holes)


def _collection(element: Any, depth: int) -> BaseGeometry:
    parts: list[Any] = [
        build_geometry(c, depth + 1) for c in element if _is_geometry(c)
    ]
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        return MultiPolygon(parts)
    if kinds == {"LineString"}:
        return MultiLineString(parts)
    if kinds == {"Point"}:
        return MultiPoint(parts)
    if not parts:
        raise ValueError("the collection is empty")
    return GeometryCollection(parts)


def _is_geometry(element: Any) -> bool:
    return local_name(element) in GEOMETRIES


def _coordinates(element: Any) -> np.ndarray:
    found = next((c for c in element if local_name(c) == "coordinates"), None)
    words = ("" if found is None else "".join(found.itertext())).split()
    points = [word.split(",")[:2] for word in words if word.strip(",")]
    if not points or any(len(p) != 2 for p in points):
        raise ValueError("coordinates are missing or not in pairs")
    return np.array(points, dtype=float)
