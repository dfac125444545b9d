"""Square boxes on the metric grid of a UTM zone: numbered, read, found and drawn.

Columns and rows count boxes from the origin of the zone, so that a box has the same
number whoever searches it. A number reads ``48N-6412-43120``: zone, column, row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from safelane.core.geo.entry import sexagesimal
from safelane.core.geo.measure import transformer, utm_zone

_NUMBER = re.compile(r"(\d{1,2}) ?([NS])[ /-]+(\d+)[ /-]+(\d+)")
_ZONE = re.compile(r"(?:UTM ?)?(?:ZONE ?)?(\d{1,2}) ?([NS])?")
_EASTINGS, _NORTHINGS = (100_000, 900_000), (0, 10_000_000)
_DECIMALS = 7  # about 1 cm
_WGS84 = "EPSG:4326"
Shapes = Any  # NDArray of shapely geometries
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class GridBox:
    """One box of the grid.

    Args:
        zone: EPSG code of the UTM zone, such as 32648.
        size_m: Length of a side in metres.
        column, row: Boxes east and north of the zone's origin.
    """

    zone: int
    size_m: int
    column: int
    row: int

    @property
    def number(self) -> str:
        side = "S" if self.zone > 32_700 else "N"
        return f"{self.zone % 100}{side}-{self.column}-{self.row}"

    @property
    def exists(self) -> bool:
        """Say whether the zone has such a box."""
        east, north = self.column * self.size_m, self.row * self.size_m
        is_zone = self.zone in range(32_601, 32_661) or self.zone in range(
            32_701, 32_761
        )
        return (
            is_zone
            and self.size_m > 0
            and _EASTINGS[0] <= east < _EASTINGS[1]
            and _NORTHINGS[0] <= north < _NORTHINGS[1]
        )


def zone_name(text: str, zones: Sequence[int]) -> str:
    """Return ``48N`` of the EPSG code 32648, of ``48N``, and of a bare 48.

    Args:
        zones: EPSG codes of the zones of a country, which say the hemisphere.
    """
    plain = text.strip().upper()
    if plain.isdecimal() and int(plain) > 32_600:
        return f"{int(plain) % 100}{'S' if int(plain) > 32_700 else 'N'}"
    match = _ZONE.fullmatch(plain)
    if match is None or match[2]:
        return plain if match is None else f"{match[1]}{match[2]}"
    south = any(z > 32_700 and z % 100 == int(match[1]) for z in zones)
    return f"{match[1]}{'S' if south else 'N'}"


def read_number(text: str, size_m: int) -> GridBox | None:
    """Return the box that a grid number names; None when the text is no such number.

    Metres (``48N 296000 2146000``) are no grid number: they lie beyond the last box.
    """
    match = _NUMBER.fullmatch(sexagesimal.normalise(text))
    if match is None:
        return None
    base = 32_600 if match[2] == "N" else 32_700
    box = GridBox(base + int(match[1]), size_m, int(match[3]), int(match[4]))
    return box if box.exists else None


def box_holding(lon: float, lat: float, size_m: int) -> GridBox:
    """Return the box that holds a place (WGS 84 degrees), in the place's own zone."""
    zone = own_zone(lon, lat)
    east, north = transformer(_WGS84, f"EPSG:{zone}").transform(lon, lat)
    return GridBox(zone, size_m, int(east // size_m), int(north // size_m))


def own_zone(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone in which a place lies."""
    return (32_600 if lat >= 0 else 32_700) + utm_zone(lon, lat)


def squares(boxes: Sequence[GridBox]) -> list[Polygon]:
    """Return the outlines of boxes in WGS 84 degrees, in their order."""
    drawn: Shapes = np.empty(len(boxes), dtype=object)
    zones = np.array([box.zone for box in boxes])
    for zone in np.unique(zones):
        mine = np.flatnonzero(zones == zone)
        chosen = [boxes[int(i)] for i in mine]
        cells = np.array([(box.column, box.row, box.size_m) for box in chosen]).T
        change = transformer(f"EPSG:{zone}", _WGS84)
        drawn[mine] = shapely.transform(_drawn(*cells), _through(change))
    return list(drawn)


def fit(
    shapes: Sequence[Any], sizes: Sequence[int], zones: Sequence[int], near_m: float
) -> list[tuple[GridBox, float]]:
    """Return, per shape, the box that it fits and how far off it is, in metres.

    A polygon is compared with the outline of a box (Hausdorff distance), a point with
    its middle. The zone in which a shape lies counts first; another one of ``zones``
    only where the shape is nearer than ``near_m`` to a box of that one alone.

    Args:
        shapes: Polygons and points, WGS 84, not empty.
        sizes: Side of the box of each shape, metres.
    """
    if not len(shapes):
        return []
    array: Shapes = np.array(shapes, dtype=object)
    sides = np.array(sizes, dtype=np.int64)
    spots = shapely.get_coordinates(shapely.centroid(array))
    own = np.array([own_zone(lon, lat) for lon, lat in spots])
    tried = sorted({*zones, *own.tolist()})
    found = [_fit_in(array, sides, zone) for zone in tried]
    off = np.array([distance for _columns, _rows, distance in found])
    at_home = np.searchsorted(tried, own)
    here = np.arange(len(array))
    fits_only_there = (off[at_home, here] > near_m) & (off.min(axis=0) <= near_m)
    chosen = np.where(fits_only_there, off.argmin(axis=0), at_home)
    return [
        (
            GridBox(tried[k], int(sides[i]), int(found[k][0][i]), int(found[k][1][i])),
            float(off[k, i]),
        )
        for i, k in zip(here.tolist(), chosen.tolist(), strict=True)
    ]


def _fit_in(
    shapes: Shapes, sizes: NDArray[np.int64], zone: int
) -> tuple[Floats, Floats, Floats]:
    metres = shapely.transform(
        shapes, _through(transformer(_WGS84, f"EPSG:{zone}"), decimals=3)
    )
    middle = shapely.get_coordinates(shapely.centroid(metres)).T / sizes
    lost = ~np.isfinite(middle).all(axis=0)  # so far away that the zone has no metres
    column, row = np.floor(np.where(lost, 0, middle))
    wanted = _drawn(column, row, sizes)
    points = shapely.get_type_id(shapes) == 0
    wanted[points] = shapely.centroid(wanted[points])
    off = shapely.hausdorff_distance(metres, wanted)
    return column, row, np.where(lost | np.isnan(off), np.inf, off)


def _drawn(columns: Any, rows: Any, sizes: Any) -> Shapes:
    west, south = columns * sizes, rows * sizes
    return np.atleast_1d(shapely.box(west, south, west + sizes, south + sizes))


def _through(change: Any, decimals: int = _DECIMALS) -> Any:
    def moved(places: Floats) -> Floats:
        x, y = change.transform(places[:, 0], places[:, 1])
        return np.round(np.column_stack([x, y]), decimals)

    return moved
