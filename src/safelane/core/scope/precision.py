"""Showing a place only as exactly as the reader's role allows.

The 1 km cells are a fixed grid: rows of 0.009 degrees of latitude (1.0 km), each cut
into cells of the same ground width. The grid does not move with the data, so that many
questions cannot narrow a place down.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.scope.actor import Precision

ROW_DEG = 0.009
FloatArray = npt.NDArray[np.float64]


def cell_bounds(lon: float, lat: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of the 1 km cell that holds a point.

    Args:
        lon, lat: WGS 84 degrees.
    """
    bounds = cell_bounds_many(np.array([lon]), np.array([lat]))[0]
    west, south, east, north = (float(value) for value in bounds)
    return west, south, east, north


def cell_bounds_many(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return the cells of n points: array (n, 4) of west, south, east, north."""
    south = np.floor(lat / ROW_DEG) * ROW_DEG
    middle = np.radians(np.clip(south + ROW_DEG / 2, -89.0, 89.0))
    width = ROW_DEG / np.cos(middle)
    west = np.floor(lon / width) * width
    return np.column_stack([west, south, west + width, south + ROW_DEG])


def snapped_box(
    bbox: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Return the box widened to whole 1 km cells, so that asking with small boxes
    tells no more than the cell itself.

    Args:
        bbox: west, south, east, north, WGS 84 degrees; west > east crosses 180°.
    """
    west, south, east, north = bbox
    corners = [cell_bounds(x, y) for x in (west, east) for y in (south, north)]
    left = min(c[0] for c in corners[:2])
    right = max(c[2] for c in corners[2:])
    low = min(c[1] for c in corners)
    high = max(c[3] for c in corners)
    return max(left, -180.0), max(low, -90.0), min(right, 180.0), min(high, 90.0)


def blurred(geometry: BaseGeometry | None, precision: int) -> BaseGeometry | None:
    """Return ``geometry`` as it may be shown: itself, its 1 km cell, or nothing."""
    if geometry is None or precision == Precision.EXACT:
        return geometry
    if precision != Precision.CELL:
        return None
    west, south, east, north = geometry.bounds
    return shapely.box(*cell_bounds((west + east) / 2, (south + north) / 2))


def blurred_many(
    geometries: npt.NDArray[np.object_], precision: npt.NDArray[np.int_]
) -> npt.NDArray[np.object_]:
    """Return n geometries as they may be shown; None where nothing may be."""
    shown: npt.NDArray[Any] = geometries.copy()
    shown[precision != Precision.EXACT] = None
    cells = (precision == Precision.CELL) & ~shapely.is_missing(geometries)
    if cells.any():
        west, south, east, north = shapely.bounds(geometries[cells]).T
        bounds = cell_bounds_many((west + east) / 2, (south + north) / 2)
        shown[cells] = shapely.box(*bounds.T)
    return shown


def rounded_area(area_m2: float | None, precision: int) -> float | None:
    """Return an area that does not give the polygon away: two significant digits."""
    if area_m2 is None or precision == Precision.EXACT or area_m2 <= 0:
        return area_m2
    if precision == Precision.NONE:
        return None
    digits = 1 - math.floor(math.log10(area_m2))
    return round(area_m2, digits)
