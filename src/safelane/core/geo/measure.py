"""Areas and distances on the WGS 84 ellipsoid, boxes in degrees, and UTM zones."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")
METRES_PER_DEGREE = 110_574.0  # the shortest degree of latitude, so boxes err outward
Bounds = tuple[float, float, float, float]


def geodesic_area_m2(geometry: BaseGeometry) -> float:
    """Return the area by geographiclib, square metres; 0 for points and lines.

    Everybody else asks :mod:`safelane.core.geo.measure`, which is one way for all.
    """
    oriented = shapely.orient_polygons(geometry)
    area, _perimeter = GEOD.geometry_area_perimeter(oriented)
    return abs(float(area))


def distance_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the geodesic distance in metres between the nearest points of two.

    Nearest points are found in a local plane, which is right to 0.1 % within 50 km
    and to 1 % within 500 km; their distance is then exact on the ellipsoid.
    """
    if one.is_empty or other.is_empty:
        return float("inf")
    other = _beside(one, other)
    lat = (one.bounds[1] + one.bounds[3] + other.bounds[1] + other.bounds[3]) / 4
    scale = max(float(np.cos(np.radians(lat))), 1e-6)
    line = shapely.shortest_line(_squeeze(one, scale), _squeeze(other, scale))
    (x1, y1), (x2, y2) = shapely.get_coordinates(line)
    _azimuth, _back, metres = GEOD.inv(x1 / scale, y1, x2 / scale, y2)
    return float(metres)


def _beside(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Return ``other`` on the copy of the world that is nearest to ``one``."""
    gap = (one.bounds[0] + one.bounds[2] - other.bounds[0] - other.bounds[2]) / 2
    if abs(gap) <= 180:
        return other
    turn = np.array([360.0 if gap > 0 else -360.0, 0.0])
    return shapely.transform(other, lambda points: points + turn)


def _squeeze(geometry: BaseGeometry, scale: float) -> BaseGeometry:
    factor = np.array([scale, 1.0])
    return shapely.transform(geometry, lambda points: points * factor)


def expand_bounds(bounds: Bounds, metres: float) -> Bounds:
    """Return a box that holds everything within ``metres`` of ``bounds``.

    The result may have xmin > xmax, which means that it crosses the antimeridian.
    """
    xmin, ymin, xmax, ymax = bounds
    dy = metres / METRES_PER_DEGREE
    ymin, ymax = max(ymin - dy, -90.0), min(ymax + dy, 90.0)
    widest = max(abs(ymin), abs(ymax))
    if widest >= 89.0:
        return -180.0, ymin, 180.0, ymax
    dx = metres / (METRES_PER_DEGREE * float(np.cos(np.radians(widest)))) * 1.01
    if xmax - xmin + 2 * dx >= 360:
        return -180.0, ymin, 180.0, ymax
    return _wrap(xmin - dx), ymin, _wrap(xmax + dx), ymax


def _wrap(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180


def split_bounds(bounds: Bounds) -> tuple[Bounds, ...]:
    """Return one box, or two when ``bounds`` crosses the antimeridian."""
    xmin, ymin, xmax, ymax = bounds
    if xmin <= xmax:
        return (bounds,)
    return (xmin, ymin, 180.0, ymax), (-180.0, ymin, xmax, ymax)


def utm_zone(lon: float, lat: float) -> int:
    """Return the UTM zone number, with the exceptions of Norway and Svalbard."""
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if 72 <= lat <= 84 and 0 <= lon < 42:
        return 31 if lon < 9 else 33 if lon < 21 else 35 if lon < 33 else 37
    return min(int((lon + 180) // 6) + 1, 60)


@lru_cache(maxsize=256)
def transformer(source: str, target: str) -> Transformer:
    """Return what changes coordinates between two systems, longitude first."""
    return Transformer.from_crs(source, target, always_xy=True)


def two_digits(number: float) -> float:
    """Return a positive number with two significant digits."""
    return round(number, 1 - math.floor(math.log10(number)))


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


def outline_sizes_m2(geometries: Geometries) -> Floats:
    """Return the area of each outline; nan for what has none, as a point has not."""
    sizes = areas_m2(geometries)
    sizes[shapely.get_dimensions(np.asarray(geometries, dtype=object)) < 2] = np.nan
    return sizes


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
