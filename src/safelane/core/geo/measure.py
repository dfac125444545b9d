"""Areas and distances on the WGS 84 ellipsoid, boxes in degrees, and UTM zones."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")
METRES_PER_DEGREE = 110_574.0  # the shortest degree of latitude, so boxes err outward
Bounds = tuple[float, float, float, float]


def geodesic_area_m2(geometry: BaseGeometry) -> float:
    """Return the area by geographiclib, square metres; 0 for points and lines.

    Everybody else asks :mod:`safelane.core.geo.areas`, which is one way for all.
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
