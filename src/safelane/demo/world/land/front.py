"""A generated former front line with trenches, mine belts on both sides, and records.

The line is invented for the demo: it runs through the same districts as the line of
1994 did, but follows no map of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from shapely.geometry import LineString, MultiPoint

from safelane.demo.world.frame import AZERBAIJAN
from safelane.demo.world.ground.places import wiggle
from safelane.demo.world.land.shapes import ribbon
from safelane.demo.world.streams import pick, stream

Metres = NDArray[np.float64]
WAYPOINTS = (
    (46.86, 40.36), (46.98, 40.22), (47.06, 40.08), (47.14, 39.95), (47.17, 39.80),
    (47.24, 39.66), (47.36, 39.55), (47.42, 39.44),
)  # fmt: skip
STEP_M = 50.0
WIDTHS = {"ap": (30, 80), "av": (90, 200), "mixed": (50, 140)}
THREATS = {"ap": 45, "av": 30, "mixed": 25}
MODELS = {
    "ap": {"pmn": 30, "pmn-2": 34, "ozm-72": 16, "mon-50": 12, "pom-2": 8},
    "av": {"tm-57": 30, "tm-62m": 60, "tm-46": 10},
    "mixed": {"pmn-2": 40, "tm-62m": 40, "pmn": 20},
}
SHEET_M = 9_000.0
SHORTEST_M = 180.0


@dataclass(frozen=True, slots=True)
class Front:
    """The line as points every 50 m, with the direction across it."""

    xy: Metres
    across: Metres

    def stretch(self, start: int, stop: int, offset: float) -> Metres:
        """Return the line between two points, ``offset`` metres to one side."""
        return self.xy[start:stop] + self.across[start:stop] * offset


@dataclass(frozen=True, slots=True)
class Minefield:
    """One minefield of a belt, where it really is."""

    threat: str
    polygon: shapely.Polygon
    rows: tuple[Metres, ...]


def build_front(seed: int) -> Front:
    """Return the generated former line for ``seed``."""
    rng = stream(seed, "AZ", "front")
    points = shapely.get_coordinates(AZERBAIJAN.metres(MultiPoint(WAYPOINTS)))
    points = points + rng.normal(0, 900, points.shape)
    pieces = [wiggle(a, b, rng, 5, 0.11)[:-1] for a, b in pairwise(points)]
    line = LineString(np.vstack([*pieces, points[-1:]]))
    even = np.arange(0, line.length, STEP_M)
    xy = gaussian_filter1d(shapely.get_coordinates(line.interpolate(even)), 4, axis=0)
    ahead = gaussian_filter1d(np.gradient(xy, axis=0), 12, axis=0)
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    return Front(xy, across / np.hypot(*across.T)[:, None])


def dig_trenches(seed: int, front: Front) -> Iterator[Metres]:
    """Yield zigzag trenches on both sides."""
    rng = stream(seed, "AZ", "trenches")
    for side in (-1, 1):
        at = int(rng.integers(10))
        while at < len(front.xy) - 12:
            stop = min(at + int(rng.integers(16, 60)), len(front.xy))
            line = front.stretch(at, stop, side * rng.uniform(90, 220))
            zigzag = np.where(np.arange(len(line)) % 2, 12, -12)[:, None]
            yield line + front.across[at:stop] * zigzag
            at = stop + int(rng.integers(2, 14))


def lay_belts(seed: int, front: Front) -> Iterator[Minefield]:
    """Yield minefields without end, belt by belt along the line."""
    rng = stream(seed, "AZ", "belts")
    while True:
        length = int(rng.integers(20, 120))
        start = int(rng.integers(0, len(front.xy) - length))
        offset = rng.choice((-1, 1)) * rng.uniform(240, 2_600)
        threat = pick(rng, THREATS)
        yield from _belt(front, start, start + length, float(offset), threat, rng)


def sheet_shift(seed: int, xy: Metres) -> tuple[str, Metres]:
    """Return the record map's sheet at ``xy`` and its systematic error in metres."""
    column, row = (np.asarray(xy) // SHEET_M).astype(int)
    sheet = f"{column % 100:02d}-{row % 100:02d}"
    rng = stream(seed, "AZ", "sheet", sheet)
    turn, reach = rng.uniform(0, 2 * np.pi), rng.gamma(3.0, 45.0)
    return sheet, reach * np.array([np.cos(turn), np.sin(turn)])


def _belt(
    front: Front,
    start: int,
    stop: int,
    offset: float,
    threat: str,
    rng: np.random.Generator,
) -> Iterator[Minefield]:
    """Cut one belt into its minefields, with gaps for patrols and roads between."""
    at = start
    while at < stop:
        end = min(at + int(rng.integers(6, 30)), stop)
        if end - at >= 5:
            drift = np.cumsum(rng.normal(0, 6, end - at))[:, None]
            middle = front.stretch(at, end, offset) + front.across[at:end] * drift
            laid = _minefield(middle, threat, rng)
            if laid.polygon.length > 2 * SHORTEST_M:  # else squeezed by a bend
                yield laid
        at = end + int(rng.integers(1, 4))


def _minefield(middle: Metres, threat: str, rng: np.random.Generator) -> Minefield:
    corners = max(2, min(5, len(middle) // 6 + 1))
    keep = np.linspace(0, len(middle) - 1, corners).astype(int)
    width = rng.uniform(*WIDTHS[threat])
    widths = width * rng.uniform(0.8, 1.2, corners)
    polygon = ribbon(middle[keep], widths, rng)
    rows = int(rng.integers(2, 5))
    axis = LineString(middle[keep])
    lines = [axis.offset_curve(d) for d in np.linspace(-0.3, 0.3, rows) * width]
    return Minefield(threat, polygon, tuple(shapely.get_coordinates(x) for x in lines))
