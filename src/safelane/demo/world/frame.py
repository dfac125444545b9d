"""The metric frame of a pilot: degrees to metres of its UTM zone and back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")
DECIMALS = 7
G = TypeVar("G", bound=BaseGeometry)


class Frame:
    """Convert between WGS 84 degrees and metres of the UTM zone ``epsg``."""

    def __init__(self, epsg: int) -> None:
        self.epsg = epsg

    @cached_property
    def _out(self) -> Transformer:
        return Transformer.from_crs(self.epsg, 4326, always_xy=True)

    @cached_property
    def _in(self) -> Transformer:
        return Transformer.from_crs(4326, self.epsg, always_xy=True)

    def degrees(self, geometry: G) -> G:
        """Return ``geometry`` (metres) in degrees."""
        converted: G = shapely.transform(geometry, self._to_degrees)
        return converted

    def metres(self, geometry: G) -> G:
        """Return ``geometry`` (degrees) in metres."""
        converted: G = shapely.transform(geometry, self._to_metres)
        return converted

    def points(self, xy: NDArray[np.float64]) -> list[Point]:
        """Return metres, shape (n, 2), as points in degrees."""
        return [Point(lonlat) for lonlat in self._to_degrees(np.atleast_2d(xy))]

    def many(self, geometries: Iterable[G]) -> list[G]:
        """Return many geometries (metres) in degrees, in one pass."""
        array = np.array(list(geometries), dtype=object)
        return list(shapely.transform(array, self._to_degrees))

    def _to_degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = self._out.transform(xy[:, 0], xy[:, 1])
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    def _to_metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self._in.transform(lonlat[:, 0], lonlat[:, 1]))


def geodesic_area(geometry: BaseGeometry) -> float:
    """Return the area of ``geometry`` (degrees) on the ellipsoid, in m2."""
    area, _ = GEOD.geometry_area_perimeter(geometry)
    return abs(float(area))


LAOS = Frame(32648)
AZERBAIJAN = Frame(32638)
FRAMES = {"LA": LAOS, "AZ": AZERBAIJAN}
