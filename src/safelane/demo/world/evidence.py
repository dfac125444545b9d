"""Signs and finds inside the areas, and those of villages where no area was drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from safelane.demo.world.ground.places import Settlement
from safelane.demo.world.land.front import MODELS as MINES
from safelane.demo.world.land.strikes import Item
from safelane.demo.world.streams import pick

Metres = NDArray[np.float64]
GRADES = {True: {"m1": 8, "m2": 2}, False: {"m2": 2, "m3": 5, "m4": 3}}
ACCURACY = {
    "item": (2, 8), "fragment": (2, 10), "crater": (3, 15), "accident": (5, 40),
    "container": (2, 10), "unused_land": (20, 150), "scrap_metal": (5, 60),
    "fighting_position": (5, 40),
    "claim": (50, 400), "map_record": (80, 300),
}  # fmt: skip
UXO = {("mortar", "mortar-81mm"): 8, ("projectile", "projectile-100mm"): 3,
       ("grenade", "grenade-40mm"): 3, ("bomb", "mk-82"): 2}  # fmt: skip
CONDITIONS = {
    True: {"laid": 7, "corroded": 2, "damaged": 1},
    False: {"fired": 5, "corroded": 4, "damaged": 1},
}
NOTES = {
    "item": ("Seen on the surface", "Half buried, seen by the team",
             "Shown by a farmer, verified"),
    "fragment": ("Fragments on the surface", "Fragments in the stream bank"),
    "crater": ("Crater, overgrown", "Several small craters in a line"),
    "accident": ("Place of an earlier accident, shown by the family",),
    "container": ("Half of a dispenser, used as a flower pot",),
    "unused_land": ("Field left unused since the war",),
    "scrap_metal": ("Scrap metal gathered beside the path",),
    "fighting_position": ("Collapsed trench with sandbags",),
    "claim": ("Elders remember the strike", "Cattle keepers avoid the place"),
    "map_record": ("Corner of a wartime record map", "Point from a handed-over map"),
}  # fmt: skip
DIRECT = ("item", "fragment", "container", "crater", "accident")
ITEM_KINDS = {"submunition": "item", "other": "item", "fragment": "fragment",
              "container": "container", "crater": "crater"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """A piece of evidence in metres, before it is given a key and a date.

    ``off`` is the systematic error of its source in metres (record maps).
    """

    hazard: str
    kind: str
    xy: Metres
    category: str = ""
    model: str = ""
    near: tuple[float, float] = (0.0, 0.0)

    @property
    def direct(self) -> bool:
        return self.kind in DIRECT


def grade_and_accuracy(sign: Sign, rng: np.random.Generator) -> tuple[str, float]:
    """Return the grade M1 to M4 and the 95 % radius in metres."""
    low, high = ACCURACY[sign.kind]
    return pick(rng, GRADES[sign.direct]), round(float(rng.uniform(low, high)), 1)


def note_of(sign: Sign, rng: np.random.Generator) -> str:
    choices = NOTES[sign.kind]
    return choices[int(rng.integers(len(choices)))]


def strike_sign(hazard: str, item: Item, rng: np.random.Generator) -> Sign:
    """Return what a survey team records of one item of a strike."""
    kind = ITEM_KINDS[item.kind]
    if item.kind == "other":
        return uxo_sign(hazard, item.xy, rng)
    if item.kind == "submunition":
        return Sign(hazard, kind, item.xy, "submunition", item.model)
    return Sign(hazard, kind, item.xy)


def uxo_sign(hazard: str, xy: Metres, rng: np.random.Generator) -> Sign:
    """Return another unexploded item than a submunition."""
    category, model = pick(rng, UXO)
    return Sign(hazard, "item", xy, category, model)


def mine_signs(
    hazard: str,
    rows: Sequence[Metres],
    threat: str,
    count: int,
    rng: np.random.Generator,
) -> Iterator[Sign]:
    """Yield mines found along the rows of a minefield, each on its row."""
    for _ in range(count):
        row = shapely.LineString(rows[int(rng.integers(len(rows)))])
        spot = row.interpolate(rng.uniform(0.05, 0.95), normalized=True)
        model = pick(rng, MINES[threat])
        category = "av_mine" if model in MINES["av"] else "ap_mine"
        yield Sign(hazard, "item", np.array(spot.coords[0]), category, model)


def drawn_signs(
    hazard: str,
    polygon: Polygon,
    kinds: Mapping[str, float],
    models: tuple[str, Mapping[str, float]],
    count: int,
    rng: np.random.Generator,
) -> Iterator[Sign]:
    """Yield ``count`` signs of ``kinds`` inside an area that somebody drew."""
    category, names = models
    for xy in points_inside(polygon, count, rng):
        kind = pick(rng, kinds)
        known = kind == "item"
        model = pick(rng, names) if known else ""
        yield Sign(hazard, kind, xy, category if known else "", model)


def village_signs(
    homes: Sequence[Settlement], count: int, rng: np.random.Generator
) -> Iterator[Sign]:
    """Yield claims and craters near villages that belong to no area yet."""
    for _ in range(count):
        home = homes[int(rng.integers(len(homes)))]
        kind = pick(rng, {"claim": 6, "unused_land": 3, "scrap_metal": 1})
        yield Sign("", kind, home.xy + rng.normal(0, 700, 2))


def points_inside(polygon: Polygon, count: int, rng: np.random.Generator) -> Metres:
    """Return ``count`` random places inside ``polygon``, shape (count, 2)."""
    x0, y0, x1, y1 = polygon.bounds
    shapely.prepare(polygon)
    found = np.empty((0, 2))
    while len(found) < count:
        trial = rng.uniform((x0, y0), (x1, y1), (max(16, 4 * count), 2))
        inside = shapely.contains_xy(polygon, trial[:, 0], trial[:, 1])
        found = np.vstack([found, trial[inside]])
    return found[:count]


def found_on(survey: date, today: date, rng: np.random.Generator) -> date:
    """Return the day of an observation: on the survey or a little before."""
    return min(date.fromordinal(survey.toordinal() - int(rng.integers(0, 5))), today)
