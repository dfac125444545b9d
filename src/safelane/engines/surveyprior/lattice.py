"""A metric lattice over a country: counting, labelling, kernels, distances.

Rows run south to north, columns west to east, in the configured UTM zone. Everything
that a unit, a district or a community gets is a mean over lattice cells, so the three
levels rest on the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import scipy  # its parts load when they are used: every command waits for this
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from .config import Kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WGS84 = 4326
KM2 = 1e6
TRUNCATE = 4.0  # a Gaussian is cut at four bandwidths: 0.006 % of its mass is lost
LEAST_MASS = 0.2


def to_metric(geometry: BaseGeometry, epsg: int) -> BaseGeometry:
    """Return a WGS 84 geometry in the metric CRS."""
    return shapely.transform(geometry, _mover(WGS84, epsg))


def to_wgs84(geometry: BaseGeometry, epsg: int) -> BaseGeometry:
    """Return a metric geometry in WGS 84 (longitude, latitude)."""
    return shapely.transform(geometry, _mover(epsg, WGS84))


def all_to_metric(geometries: Sequence[BaseGeometry], epsg: int) -> list[BaseGeometry]:
    """Return WGS 84 geometries in the metric CRS."""
    return list(
        shapely.transform(np.array(geometries, dtype=object), _mover(WGS84, epsg))
    )


def all_to_wgs84(geometries: Sequence[BaseGeometry], epsg: int) -> list[BaseGeometry]:
    """Return metric geometries in WGS 84."""
    moved = shapely.transform(np.array(geometries, dtype=object), _mover(epsg, WGS84))
    return list(moved)


def project(lon: Floats, lat: Floats, epsg: int) -> Floats:
    """Return eastings and northings, shape (n, 2)."""
    east, north = Transformer.from_crs(WGS84, epsg, always_xy=True).transform(lon, lat)
    return np.column_stack([east, north])


@lru_cache(maxsize=16)
def _mover(source: int, target: int) -> Callable[[Floats], Floats]:
    change = Transformer.from_crs(source, target, always_xy=True)

    def move(points: Floats) -> Floats:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    return move


@dataclass(frozen=True)
class Lattice:
    """Square cells of ``cell`` metres, the corner snapped to whole units.

    Args:
        epsg: Metric CRS.
        x0, y0: South-west corner.
        cell: Side of a cell.
        rows, columns: Numbers of cells.
        labels: Index of the district of each cell, shape (rows, columns); -1 outside.
    """

    epsg: int
    x0: float
    y0: float
    cell: float
    rows: int
    columns: int
    labels: npt.NDArray[np.int32]

    @cached_property
    def mask(self) -> Flags:
        """Cells inside any district, shape (rows, columns)."""
        return self.labels >= 0

    @cached_property
    def inside(self) -> Ints:
        """Flat indices of the cells inside any district."""
        return np.flatnonzero(self.mask)

    @cached_property
    def centres(self) -> Floats:
        """Metric centres of the cells inside, shape (len(inside), 2)."""
        row, column = np.divmod(self.inside, self.columns)
        return np.column_stack(
            [
                self.x0 + (column + 0.5) * self.cell,
                self.y0 + (row + 0.5) * self.cell,
            ]
        )

    def flat_index(self, points: Floats) -> Ints:
        """Return the flat cell index of metric points; -1 off the lattice."""
        column = np.floor((points[:, 0] - self.x0) / self.cell).astype(np.int64)
        row = np.floor((points[:, 1] - self.y0) / self.cell).astype(np.int64)
        on = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(on, row * self.columns + column, -1)

    def count(self, points: Floats, weights: Floats | None = None) -> Floats:
        """Sum weights per cell over metric points on the lattice."""
        index = self.flat_index(points)
        on = index >= 0
        chosen = None if weights is None else weights[on]
        size = self.rows * self.columns
        sums = np.bincount(index[on], weights=chosen, minlength=size)
        return sums.reshape(self.rows, self.columns).astype(np.float64)

    def density(self, counts: Floats, kernel: Kernel, bandwidth: float) -> Floats:
        """Smooth counts into a density per km2 at the cells inside.

        The kernel mass that falls outside the districts is made good (the records end
        at the border, the bombing did not), but never by more than a factor of five.

        Returns:
            Values at ``inside``; the mean over cells times the area is the count, but
            for what the border correction moves.
        """
        radius = bandwidth / self.cell
        spread = _smooth(counts, kernel, radius)
        mass = np.maximum(self._mass(kernel, radius), LEAST_MASS)
        return np.asarray(spread.ravel()[self.inside] / mass * KM2 / self.cell**2)

    def _mass(self, kernel: Kernel, radius: float) -> Floats:
        known = self._masses.get((kernel, radius))
        if known is None:
            smooth = _smooth(self.mask.astype(np.float64), kernel, radius)
            known = self._masses[(kernel, radius)] = smooth.ravel()[self.inside]
        return known

    @cached_property
    def _masses(self) -> dict[tuple[Kernel, float], Floats]:
        return {}

    def distances(self, geometries: Sequence[BaseGeometry]) -> Floats:
        """Return metres from each cell inside to the nearest metric geometry.

        Lines are followed by points half a cell apart: the error is below
        ``cell / 4`` and far below that of a 1:10 million map.
        """
        step = self.cell / 2
        points = shapely.get_coordinates(shapely.segmentize(list(geometries), step))
        metres, _ = scipy.spatial.cKDTree(points).query(self.centres, workers=-1)
        return np.asarray(metres, dtype=np.float64)


def cover(
    areas: Sequence[BaseGeometry], epsg: int, cell: float, unit: float
) -> Lattice:
    """Lay a lattice over metric areas, its corner on whole multiples of ``unit``."""
    west, south, east, north = shapely.total_bounds(list(areas))
    x0, y0 = np.floor(west / unit) * unit, np.floor(south / unit) * unit
    columns = int(np.ceil((east - x0) / unit) * (unit / cell))
    rows = int(np.ceil((north - y0) / unit) * (unit / cell))
    labels = np.full((rows, columns), -1, dtype=np.int32)
    for number, area in enumerate(areas):
        _label(labels, area, number, (x0, y0, cell))
    return Lattice(epsg, float(x0), float(y0), cell, rows, columns, labels)


def _label(
    labels: npt.NDArray[np.int32],
    area: BaseGeometry,
    number: int,
    frame: tuple[float, float, float],
) -> None:
    """Write ``number`` where a cell centre lies in ``area`` and is still free."""
    x0, y0, cell = frame
    west, south, east, north = area.bounds
    left, low = int((west - x0) // cell), int((south - y0) // cell)
    right, high = int((east - x0) // cell) + 1, int((north - y0) // cell) + 1
    x, y = np.meshgrid(
        x0 + (np.arange(left, right) + 0.5) * cell,
        y0 + (np.arange(low, high) + 0.5) * cell,
    )
    shapely.prepare(area)
    hit = np.asarray(shapely.contains_xy(area, x, y))
    window = labels[low:high, left:right]
    hit = hit[: window.shape[0], : window.shape[1]]
    window[hit & (window < 0)] = number


def which_area(areas: Sequence[BaseGeometry], lon: Floats, lat: Floats) -> Ints:
    """Return the index of the area that holds each point, -1 for none.

    Coordinates and areas share one CRS; the first area wins on a shared border.
    """
    found = np.full(len(lon), -1, dtype=np.int64)
    for number, area in enumerate(areas):
        west, south, east, north = area.bounds
        near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        candidates = np.flatnonzero(near & (found < 0))
        shapely.prepare(area)
        hit = shapely.intersects_xy(area, lon[candidates], lat[candidates])
        found[candidates[hit]] = number
    return found


def _smooth(values: Floats, kernel: Kernel, radius: float) -> Floats:
    """Convolve with a kernel of unit sum; ``radius`` is the bandwidth in cells."""
    if kernel == "gaussian":
        return np.asarray(
            scipy.ndimage.gaussian_filter(
                values, radius, mode="constant", truncate=TRUNCATE
            )
        )
    weights = quartic_weights(radius)
    spread: Floats = scipy.signal.oaconvolve(values, weights, mode="same")
    return np.maximum(spread, 0.0)


def quartic_weights(radius: float) -> Floats:
    """Return the quartic kernel (1 - d2/h2)^2 on a grid of cells, of unit sum."""
    half = int(np.ceil(radius))
    offset = np.arange(-half, half + 1, dtype=np.float64)
    squared = (offset[:, None] ** 2 + offset[None, :] ** 2) / radius**2
    weights = np.where(squared < 1, (1 - squared) ** 2, 0.0)
    normal: Floats = weights / weights.sum()
    return normal
