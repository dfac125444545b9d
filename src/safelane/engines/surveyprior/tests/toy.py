"""A toy country that a person can check: two districts of 10 km by 10 km."""

from __future__ import annotations

import numpy as np
from shapely.geometry import LineString, Point, box

from ..config import PriorConfig
from ..geodata import Area, Line, Place
from ..lattice import to_wgs84
from ..records.account import Account, Tally
from ..records.thor import TargetMonths
from ..results import PriorInputs
from ..sources import LineSource, RecordSource

EPSG = 32648
X0, Y0 = 500_000.0, 2_000_000.0
CONFIG = PriorConfig(epsg=EPSG, bandwidths=(500.0,), draws=200)


def lonlat(east: float, north: float) -> tuple[float, float]:
    """Return WGS 84 of metres from the toy country's south-west corner."""
    point = to_wgs84(Point(X0 + east, Y0 + north), EPSG)
    return point.x, point.y


def area(code: str, west: float, east: float) -> Area:
    """Return a district between two eastings, 10 km high."""
    square = box(X0 + west, Y0, X0 + east, Y0 + 10_000)
    return Area(code, f"District {code}", to_wgs84(square, EPSG), "Toy")


def areas() -> list[Area]:
    return [area("west", 0, 10_000), area("east", 10_000, 20_000)]


def records(spots: list[tuple[float, float, int]]) -> RecordSource:
    """Return target-months at (east, north) with counts, all of March 1970."""
    lon, lat = np.array([lonlat(e, n) for e, n, _ in spots]).T
    counts = np.array([count for *_, count in spots], dtype=np.int64)
    months = np.full(len(spots), 1970 * 12 + 2, dtype=np.int64)
    points = TargetMonths(months, lat, lon, counts)
    tally = Tally(int(counts.sum()), len(spots))
    district = np.array([int(east > 10_000) for east, *_ in spots])
    return RecordSource(points, district, Account(tally, tally))


def place(code: str, east: float, north: float, population: int | None) -> Place:
    lon, lat = lonlat(east, north)
    return Place(code, f"Place {code}", lon, lat, population)


def line(name: str, year: int, east: float) -> Line:
    """Return a line from south to north at an easting."""
    ends = [(X0 + east, Y0), (X0 + east, Y0 + 10_000)]
    return Line(name, year, to_wgs84(LineString(ends), EPSG))


def record_inputs(**changes: object) -> PriorInputs:
    """Three target-months in the west by a place of 1,000, one in the east."""
    spots = [
        (2_250, 2_250, 9),
        (2_250, 2_750, 1),
        (2_750, 2_250, 1),
        (17_250, 7_250, 50),
    ]
    values: dict[str, object] = {
        "country": "TY",
        "areas": areas(),
        "places": [
            place("p1", 2_500, 2_500, 1000),
            place("p2", 12_500, 2_500, 1000),
            place("p3", 17_500, 7_500, None),
        ],
        "source": records(spots),
    }
    return PriorInputs(**(values | changes))  # type: ignore[arg-type]


def line_inputs() -> PriorInputs:
    source = LineSource((line("front", 1994, 1_250), line("boundary", 1991, 18_750)))
    return record_inputs(source=source)
