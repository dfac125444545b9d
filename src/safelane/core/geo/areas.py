"""Geodesic areas: one way for one polygon and for many, so that no door has its own.

Edges up to half a degree are taken as great circles on the authalic sphere (the sphere
with the ellipsoid's area, Snyder 1987, eq. 3-11 to 3-14). Where that could be off by
more than 1e-6 of the area, geographiclib measures: polygons with longer edges, near a
pole, or thin for their length. So areas hold to 1e-6, and to 0.001 square metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import GEOD, METRES_PER_DEGREE, geodesic_area_m2

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]

MAX_EDGE_DEGREES = 0.5
MAX_LATITUDE = 85.0
# How far an edge of one metre is off at most, square metres; by its third power.
EDGE_FAULT = 2.5e-13
LARGEST_FAULT = 3e-7  # of an area, before it is measured exactly
_E2 = float(GEOD.es)
_E = _E2**0.5


def _authalic_q(sin_lat: Any) -> Any:
    inner = np.log((1 - _E * sin_lat) / (1 + _E * sin_lat)) / (2 * _E)
    return (1 - _E2) * (sin_lat / (1 - _E2 * sin_lat**2) - inner)


_Q_POLE = float(_authalic_q(1.0))
_RADIUS2 = float(GEOD.a) ** 2 * _Q_POLE / 2


def area_m2(geometry: BaseGeometry) -> float:
    """Return the geodesic area in square metres; 0 for points and lines."""
    return float(areas_m2(np.array([geometry], dtype=object))[0])


def areas_m2(geometries: Geometries) -> Floats:
    """Return the area of each geometry in square metres.

    Args:
        geometries: Array (n,) of shapely geometries in lon/lat; None gives nan.
    """
    geometries = np.asarray(geometries, dtype=object)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    is_polygon = shapely.get_type_id(parts) == 3
    parts, owner = parts[is_polygon], owner[is_polygon]
    part_areas, exact_needed = _polygon_areas(parts)
    totals = _sums(owner, part_areas, len(geometries))
    for index in np.unique(owner[exact_needed]):
        totals[index] = geodesic_area_m2(geometries[index])
    totals[shapely.is_missing(geometries)] = np.nan
    return totals


def _sums(owner: NDArray[np.int64], values: Floats, count: int) -> Floats:
    sums = np.bincount(owner, weights=values, minlength=count)
    return sums.astype(np.float64)  # sums of nothing are integers


def _polygon_areas(polygons: Geometries) -> tuple[Floats, NDArray[np.bool_]]:
    """Return area per polygon, and which ones the fast formula does not fit."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    if not len(rings):
        return np.zeros(len(polygons)), np.zeros(len(polygons), dtype=bool)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    ring_areas, coarse = _ring_areas(points, ring, len(rings))
    is_shell = np.r_[True, polygon[1:] != polygon[:-1]]
    signed = np.where(is_shell, ring_areas, -ring_areas)
    areas = _sums(polygon, signed, len(polygons))
    faults = _sums(polygon, _ring_faults(points, ring, len(rings)), len(polygons))
    exact_needed = faults > LARGEST_FAULT * areas
    exact_needed[polygon[coarse]] = True
    return areas, exact_needed


def _ring_faults(points: Floats, ring: NDArray[np.int64], count: int) -> Floats:
    """Return how far the area of each ring may be off, square metres."""
    same = ring[1:] == ring[:-1]
    step = np.diff(points, axis=0)
    step[:, 0] = (step[:, 0] + 180) % 360 - 180
    step[:, 0] *= np.cos(np.radians(points[1:, 1]))
    metres = np.hypot(step[:, 0], step[:, 1]) * METRES_PER_DEGREE
    return _sums(ring[:-1][same], EDGE_FAULT * metres[same] ** 3, count)


def _ring_areas(
    points: Floats, ring: NDArray[np.int64], count: int
) -> tuple[Floats, NDArray[np.bool_]]:
    sin_beta = _authalic_q(np.sin(np.radians(points[:, 1]))) / _Q_POLE
    half_tan = sin_beta / (1 + np.sqrt(np.maximum(1 - sin_beta**2, 0)))
    same = ring[1:] == ring[:-1]
    step = np.diff(points[:, 0])
    step = (step + 180) % 360 - 180
    t1, t2 = half_tan[:-1], half_tan[1:]
    excess = 2 * np.arctan2(np.tan(np.radians(step) / 2) * (t1 + t2), 1 + t1 * t2)
    areas = _sums(ring[:-1][same], excess[same], count)
    long_edge = (np.abs(step) > MAX_EDGE_DEGREES) | (
        np.abs(np.diff(points[:, 1])) > MAX_EDGE_DEGREES
    )
    coarse = np.zeros(count, dtype=bool)
    coarse[ring[:-1][same & long_edge]] = True
    coarse[ring[np.abs(points[:, 1]) > MAX_LATITUDE]] = True
    return np.abs(areas) * _RADIUS2, coarse
