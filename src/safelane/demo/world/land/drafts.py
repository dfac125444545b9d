"""The areas of a pilot that people drew, as drafts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Point, Polygon

from safelane.demo.world.ground.lines import GroundLine
from safelane.demo.world.ground.places import District
from safelane.demo.world.land.draft import Draft, Occupied
from safelane.demo.world.land.front import Front
from safelane.demo.world.land.shapes import draw_area, fit, ribbon, row_of_parcels
from safelane.demo.world.streams import stream

Metres = NDArray[np.float64]
TRIES = 60
OVERLAP_SHARE = 0.06
ROW_SHARE = 0.45
# Where on the scale from small to large areas of an origin tend to lie: mean, spread.
BIAS = {
    "nuisance": (0.30, 0.22),
    "claim": (0.46, 0.28),
    "line": (0.78, 0.20),
    "spot": (0.25, 0.20),
    "worksite": (0.52, 0.28),
}
LETTERS = {"nuisance": "N", "claim": "C", "line": "L", "spot": "D"}
KINDS = {
    "nuisance": "cha",
    "claim": "sha",
    "line": "sha",
    "worksite": "cha",
    "spot": "eod_spot_task",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where areas of a pilot may lie."""

    country: str
    districts: Sequence[District]
    roads: Sequence[GroundLine]
    front: Front | None = None

    def contains(self, xy: Metres) -> bool:
        return any(d.polygon.contains(Point(xy)) for d in self.districts)


def share_sizes(
    seed: int, sizes: Sequence[float], wanted: dict[tuple[str, str], int]
) -> dict[tuple[str, str], list[float]]:
    """Deal ``sizes`` (ascending) to groups (country, origin), each by its bias."""
    rng = stream(seed, "sizes", *sorted(origin for _, origin in wanted))
    slots: list[tuple[float, tuple[str, str]]] = []
    for group, count in wanted.items():
        mean, spread = BIAS[group[1]]
        slots += [(float(s), group) for s in rng.normal(mean, spread, count)]
    slots.sort()
    dealt: dict[tuple[str, str], list[float]] = {group: [] for group in wanted}
    for size, (_, group) in zip(sizes, slots, strict=True):
        dealt[group].append(size)
    return dealt


def draw_free(
    seed: int,
    setting: Setting,
    origin: str,
    sizes: Sequence[float],
    taken: Occupied,
) -> Iterator[Draft]:
    """Yield one area per size, apart from the others but for a few."""
    rng = stream(seed, setting.country, origin)
    for number, size in enumerate(sizes):
        shape = draw_area(size, rng)
        if origin == "line" and setting.front and rng.random() < 0.7:
            shape = _along_front(setting.front, size, rng)
        reach = float(np.sqrt(size)) * 0.9
        xy = _find_spot(setting, origin, reach, taken, rng)
        polygon = affinity.translate(shape, *xy)
        taken.add(polygon)
        key = f"{setting.country}-{LETTERS[origin]}{number:04d}"
        yield Draft(key, origin, KINDS[origin], polygon)


def draw_worksites(
    seed: int, setting: Setting, sizes: Sequence[float], taken: Occupied
) -> Iterator[Draft]:
    """Yield finished worksites, many of them in rows of neighbours."""
    rng = stream(seed, setting.country, "worksite")
    start = number = 0
    while start < len(sizes):
        run = int(rng.integers(3, 8)) if rng.random() < ROW_SHARE else 1
        chunk = np.array(sizes[start : start + run])
        if len(chunk) > 2:
            shapes = row_of_parcels(chunk, float(np.sqrt(chunk.mean())) * 1.3, rng)
        else:
            shapes = [draw_area(float(size), rng) for size in chunk]
        for shape in _place_group(setting, shapes, taken, rng):
            yield Draft(f"{setting.country}-W{number:04d}", "worksite", "cha", shape)
            number += 1
        start += run


def _place_group(
    setting: Setting, shapes: list[Polygon], taken: Occupied, rng: np.random.Generator
) -> Iterator[Polygon]:
    """Yield a row as one block turned at will, or single areas each on its own."""
    turn = rng.uniform(0, 360)
    blocks = [shapes] if len(shapes) > 2 else [[shape] for shape in shapes]
    for block in blocks:
        reach = sum(float(np.sqrt(s.area)) for s in block)
        xy = _find_spot(setting, "worksite", reach, taken, rng)
        for shape in block:
            placed = affinity.translate(
                affinity.rotate(shape, turn, origin=(0, 0)), *xy
            )
            taken.add(placed)
            yield placed


def _find_spot(
    setting: Setting,
    origin: str,
    reach: float,
    taken: Occupied,
    rng: np.random.Generator,
) -> Metres:
    """Return a place within the districts, mostly one that is free."""
    careless = rng.random() < OVERLAP_SHARE
    wide = 1.0
    while True:
        for _ in range(TRIES):
            xy = _candidate(setting, origin, wide, rng)
            if setting.contains(xy) and (careless or taken.is_free(xy, reach)):
                return xy
        wide *= 1.5


def _candidate(
    setting: Setting, origin: str, wide: float, rng: np.random.Generator
) -> Metres:
    spot: Metres
    front = setting.front
    if front is not None and (origin == "line" or rng.random() < 0.35):
        at = int(rng.integers(len(front.xy)))
        far = rng.normal(0, 2_200 * wide)
        spot = front.xy[at] + front.across[at] * far
        return spot
    if rng.random() < 0.5:
        line = setting.roads[int(rng.integers(len(setting.roads)))].xy
        near = 130 if origin == "nuisance" else 600
        spot = line[int(rng.integers(len(line)))] + rng.normal(0, near * wide, 2)
        return spot
    focus = [d for d in setting.districts if d.outline.focus]
    homes = focus[int(rng.integers(len(focus)))].settlements
    home = homes[int(rng.integers(len(homes)))]
    return home.xy + rng.normal(0, 1_500 * wide, 2)


def _along_front(front: Front, size: float, rng: np.random.Generator) -> Polygon:
    """Return a long area that follows the line, centred on the origin."""
    points = int(rng.integers(3, 6))
    length = float(np.sqrt(size)) * rng.uniform(1.6, 3.0)
    last = len(front.xy) - 1
    at = int(rng.integers(0, last - 10))
    keep = np.clip(np.linspace(at, at + length / 50, points).astype(int), 0, last)
    if len(set(keep.tolist())) < 3:
        return draw_area(size, rng)
    widths = rng.uniform(0.7, 1.3, len(set(keep.tolist()))) * size / length
    return fit(ribbon(front.xy[np.unique(keep)], widths, rng), size)
