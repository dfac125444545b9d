"""Cluster-munition strikes: strings of elliptical footprints along run headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Point

from safelane.demo.world.ground.lines import GroundLine
from safelane.demo.world.ground.places import District
from safelane.demo.world.streams import pick, stream

Metres = NDArray[np.float64]
ITEMS = {"submunition": 46, "fragment": 26, "crater": 12, "container": 5, "other": 11}
MODELS = {"blu-26": 62, "blu-24": 12, "blu-3": 9, "blu-63": 9, "blu-61": 8}
HEADINGS_PER_AREA = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the ground: ``xy`` where it really lies, in metres."""

    kind: str
    model: str
    xy: Metres


@dataclass(frozen=True, slots=True)
class Strike:
    """One string of strikes: its footprints lie one behind the other."""

    key: str
    heading: float
    centres: Metres
    model: str
    items: tuple[Item, ...]

    def positions(self, *kinds: str) -> Metres:
        """Return the places of its items of ``kinds``, shape (n, 2)."""
        found = [item.xy for item in self.items if item.kind in kinds]
        return np.array(found).reshape(-1, 2)


def fly_strikes(
    seed: int, districts: Sequence[District], roads: Sequence[GroundLine], mean: float
) -> Iterator[Strike]:
    """Yield strikes without end; ``mean`` is the usual number of items of one."""
    rng = stream(seed, "LA", "strikes")
    headings = stream(seed, "LA", "headings").uniform(0, np.pi, HEADINGS_PER_AREA)
    number = 0
    while True:
        anchor = _anchor(districts, roads, rng)
        if not any(d.polygon.contains(Point(anchor)) for d in districts):
            continue
        heading = float(rng.choice(headings) + rng.normal(0, 0.12))
        yield _strike(f"S{number:04d}", anchor, heading, mean, rng)
        number += 1


def _anchor(
    districts: Sequence[District],
    roads: Sequence[GroundLine],
    rng: np.random.Generator,
) -> Metres:
    """Return a target near a road (the usual case) or near a village."""
    if rng.random() < 0.7:
        line = roads[int(rng.integers(len(roads)))].xy
        near_road: Metres = line[int(rng.integers(len(line)))] + rng.normal(0, 450, 2)
        return near_road
    homes = districts[int(rng.integers(len(districts)))].settlements
    return homes[int(rng.integers(len(homes)))].xy + rng.normal(0, 1_100, 2)


def _strike(
    key: str, anchor: Metres, heading: float, mean: float, rng: np.random.Generator
) -> Strike:
    along = np.array([np.cos(heading), np.sin(heading)])
    footprints = int(pick(rng, {1: 35, 2: 28, 3: 18, 4: 12, 5: 7}))
    spacing = rng.uniform(260, 520)
    offsets = (np.arange(footprints) - (footprints - 1) / 2) * spacing
    centres = anchor + offsets[:, None] * along + rng.normal(0, 25, (footprints, 2))
    count = max(4, int(rng.gamma(2.2, mean / 2.2)))
    model = pick(rng, MODELS)
    places = _scatter(centres, along, count, rng)
    items = tuple(_item(xy, model, rng) for xy in places)
    return Strike(key, heading, centres, model, items)


def _scatter(
    centres: Metres, along: Metres, count: int, rng: np.random.Generator
) -> Metres:
    """Return item places: a flat ellipse around one of the footprints each."""
    across = np.array([-along[1], along[0]])
    half_length, half_width = rng.uniform(70, 230), rng.uniform(35, 95)
    which = centres[rng.integers(len(centres), size=count)]
    turn, reach = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(0, 1, count))
    long = (half_length * reach * np.cos(turn))[:, None] * along
    wide = (half_width * reach * np.sin(turn))[:, None] * across
    places: Metres = which + long + wide
    return places


def _item(xy: Metres, model: str, rng: np.random.Generator) -> Item:
    kind = pick(rng, ITEMS)
    if kind in ("submunition", "fragment"):
        return Item(kind, model if rng.random() < 0.93 else pick(rng, MODELS), xy)
    return Item(kind, "", xy)
