"""Survey units: squares on a fixed metric grid, with names that never change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from .lattice import Floats, Ints, Lattice, all_to_wgs84


@dataclass(frozen=True, slots=True)
class SurveyUnits:
    """The squares that hold at least one cell of a district.

    Args:
        codes: Names such as ``LA-48N-0245-2150``: country, UTM zone, kilometres east
            and north of the square's south-west corner.
        geometry: Squares cut to the districts, WGS 84.
        metric: The same in the metric CRS.
        cell_unit: Index of the unit of each cell of ``lattice.inside``.
        district: Index of the district that covers most cells of each unit.
        squares: Sorted numbers of the squares on the lattice.
    """

    codes: list[str]
    geometry: list[BaseGeometry]
    metric: list[BaseGeometry]
    cell_unit: Ints
    district: Ints
    squares: Ints

    def unit_of(self, points: Floats, lattice: Lattice, side: float) -> Ints:
        """Return the unit whose square holds each metric point, -1 for none."""
        flat = lattice.flat_index(points)
        square = _square(flat, lattice, round(side / lattice.cell))
        place = np.searchsorted(self.squares, square).clip(0, len(self.squares) - 1)
        return np.where((flat >= 0) & (self.squares[place] == square), place, -1)


def zone_name(epsg: int) -> str:
    """Return "48N" for EPSG 32648.

    Raises:
        ValueError: The CRS is not a UTM zone.
    """
    zone = CRS.from_epsg(epsg).utm_zone
    if not zone:
        raise ValueError(f"EPSG {epsg} is not a UTM zone.")
    return str(zone)


def unit_code(country: str, zone: str, east: float, north: float) -> str:
    """Return the name of the unit whose south-west corner is given in metres."""
    return f"{country}-{zone}-{round(east / 1000):04d}-{round(north / 1000):04d}"


def survey_units(
    lattice: Lattice, country: str, side: float, land: BaseGeometry
) -> SurveyUnits:
    """Cut a country into survey units.

    Args:
        lattice: Its cells decide which squares count.
        country: Two-letter code for the names.
        side: Side of a square in metres, a multiple of the lattice's cell.
        land: The districts' union in the metric CRS; squares are cut to it.
    """
    per_side = round(side / lattice.cell)
    across = lattice.columns // per_side
    square = _square(lattice.inside, lattice, per_side)
    squares, cell_unit = np.unique(square, return_inverse=True)
    west: Floats = lattice.x0 + np.float64(side) * (squares % across)
    south: Floats = lattice.y0 + np.float64(side) * (squares // across)
    metric = _cut(west, south, side, land)
    zone = zone_name(lattice.epsg)
    codes = [unit_code(country, zone, e, n) for e, n in zip(west, south, strict=True)]
    return SurveyUnits(
        codes,
        all_to_wgs84(metric, lattice.epsg),
        metric,
        cell_unit.astype(np.int64),
        _majority(cell_unit, lattice.labels.ravel()[lattice.inside], len(squares)),
        squares,
    )


def _square(flat: Ints, lattice: Lattice, per_side: int) -> Ints:
    row, column = np.divmod(flat, lattice.columns)
    across = lattice.columns // per_side
    return np.asarray((row // per_side) * across + column // per_side)


def _cut(
    west: Floats, south: Floats, side: float, land: BaseGeometry
) -> list[BaseGeometry]:
    """Return squares cut to the land; those wholly inside stay squares."""
    squares = shapely.box(west, south, west + side, south + side)
    shapely.prepare(land)
    whole = shapely.contains_properly(land, squares)
    return [
        square if inside else _clip(land, square)
        for square, inside in zip(squares, whole, strict=True)
    ]


def _clip(land: BaseGeometry, square: BaseGeometry) -> BaseGeometry:
    part = shapely.clip_by_rect(land, *square.bounds)
    if not part.is_valid:
        part = shapely.make_valid(part)
    polygons = [p for p in shapely.get_parts(part) if p.geom_type == "Polygon"]
    return shapely.union_all(polygons) if polygons else square


def _majority(cell_unit: Ints, label: npt.NDArray[np.int32], units: int) -> Ints:
    """Return the label most frequent among each unit's cells."""
    width = int(label.max()) + 1
    pairs, counts = np.unique(
        cell_unit.astype(np.int64) * width + label, return_counts=True
    )
    order = np.argsort(counts, kind="stable")
    district = np.zeros(units, dtype=np.int64)
    district[pairs[order] // width] = pairs[order] % width
    return district
