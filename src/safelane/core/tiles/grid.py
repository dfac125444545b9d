"""Where a web mercator tile lies, and how large things are in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from safelane.core.geo.measure import Bounds

EXTENT = 4096
MERCATOR_M = 40_075_016.685578488  # side of the world in EPSG:3857
BUFFER = 64
MAX_ZOOM = 22
# Below three pixels of a 512 pixel tile a polygon cannot be seen: it becomes a point.
SMALL_UNITS = 24.0
# Of less width on the average, a polygon may fall to pieces between whole units: its
# outline is drawn as a line.
THIN_UNITS = 2.0
CELLS = 64  # points closer than a 64th of a tile (8 pixels) are counted together
CLUSTER_BELOW_ZOOM = 14

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tile:
    """One tile of the usual XYZ grid (EPSG:3857, y from the north)."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        side = 1 << self.z if 0 <= self.z <= MAX_ZOOM else 0
        return 0 <= self.x < side and 0 <= self.y < side

    @property
    def clusters(self) -> bool:
        return self.z < CLUSTER_BELOW_ZOOM

    def _lat(self, y: float) -> float:
        turned = math.pi * (1 - 2 * y / (1 << self.z))
        return math.degrees(math.atan(math.sinh(turned)))

    @cached_property
    def bounds(self) -> Bounds:
        """Return west, south, east, north in degrees."""
        return self._around(0.0)

    @cached_property
    def buffered(self) -> Bounds:
        """Return the bounds with the margin that hides seams, within the world."""
        return self._around(BUFFER / EXTENT)

    def _around(self, margin: float) -> Bounds:
        side = 1 << self.z
        return (
            max((self.x - margin) / side * 360 - 180, -180.0),
            self._lat(self.y + 1 + margin),
            min((self.x + 1 + margin) / side * 360 - 180, 180.0),
            self._lat(self.y - margin),
        )

    @cached_property
    def units_per_degree(self) -> tuple[float, float]:
        """Return tile units per degree of longitude and of latitude, mid-tile."""
        across = EXTENT * (1 << self.z) / 360
        middle = math.radians((self.bounds[1] + self.bounds[3]) / 2)
        return across, across / max(math.cos(middle), 0.01)

    @property
    def metres_per_unit(self) -> float:
        """Return the side of a unit in metres of web mercator."""
        return MERCATOR_M / (EXTENT * (1 << self.z))

    def to_units(self, points: Floats) -> Floats:
        """Return lon/lat (n, 2) as tile units, y from the top."""
        side = 1 << self.z
        across = ((points[:, 0] + 180) / 360 * side - self.x) * EXTENT
        lat = np.radians(np.clip(points[:, 1], -85.06, 85.06))
        down = (1 - np.arcsinh(np.tan(lat)) / math.pi) / 2 * side
        return np.column_stack([across, (down - self.y) * EXTENT])

    def holds(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Say which points belong to this tile and to no other."""
        west, south, east, north = self.bounds
        return (lon >= west) & (lon < east) & (lat > south) & (lat <= north)
