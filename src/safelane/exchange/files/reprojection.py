"""Bring geometries of any reference system to WGS 84, longitude first."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from safelane.exchange.files.errors import RowFault, UnknownCrs
from safelane.exchange.files.reading import Geometries

WGS84 = "EPSG:4326"
_SAME = (WGS84, "OGC:CRS84", "EPSG:4979")


@lru_cache(maxsize=64)
def read_crs(text: str) -> CRS:
    """Return the reference system that ``text`` names (EPSG code, WKT or PROJ).

    Raises:
        UnknownCrs: Nobody knows it.
    """
    try:
        return CRS.from_user_input(text.strip())
    except (CRSError, ProjError, ValueError, TypeError) as error:
        raise UnknownCrs(found=text[:80]) from error


@lru_cache(maxsize=64)
def crs_label(text: str) -> str:
    """Return a short name: the authority code where there is one, else the name."""
    crs = read_crs(text)
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else (crs.name or text)[:80]


@lru_cache(maxsize=64)
def is_wgs84(text: str) -> bool:
    """Say whether coordinates in this system need no change (lon/lat, WGS 84)."""
    if text in _SAME or crs_label(text) in _SAME:
        return True
    return bool(read_crs(text).equals(CRS.from_user_input(WGS84), True))


@lru_cache(maxsize=64)
def transformer_to_wgs84(text: str) -> Transformer:
    """Return the transformation to WGS 84 with axes always x, y.

    Raises:
        UnknownCrs: No transformation with a known accuracy exists: an unknown datum
            can shift an area by hundreds of metres.
    """
    try:
        return Transformer.from_crs(
            read_crs(text), WGS84, always_xy=True, allow_ballpark=False
        )
    except ProjError as error:
        raise UnknownCrs(found=crs_label(text)) from error


def to_wgs84(geometries: Geometries, crs: str) -> Geometries:
    """Return 2D geometries in WGS 84; a coordinate that fails becomes infinite."""
    flat = shapely.force_2d(geometries)
    if is_wgs84(crs):
        return flat
    change = transformer_to_wgs84(crs)

    def moved(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    result: Geometries = shapely.transform(flat, moved)
    return result


def placed_in_world(
    shapes: Geometries, crs: str, rows: list[int], said: Callable[[int], str]
) -> tuple[Geometries, list[RowFault]]:
    """Return WKB in WGS 84; what lands outside the world is None and a fault.

    Args:
        rows: Row number of each shape.
        said: Index of a shape -> its position as it stands in the file.
    """
    placed = to_wgs84(shapes, crs)
    # All points, not the bounds: a hole may lie outside its shell.
    points, index = shapely.get_coordinates(placed, return_index=True)
    with np.errstate(invalid="ignore"):
        outside = ~(np.abs(points) <= [180, 90]).all(axis=1)
    bad = sorted(set(index[outside].tolist()))
    placed[bad] = None
    faults = [
        RowFault(rows[i], "geometry-range", values={"value": said(i)}) for i in bad
    ]
    wkb: Any = shapely.to_wkb(placed, output_dimension=2, byte_order=1)
    return wkb, faults
