"""The two pilots: their ground, and all their areas as drafts with signs inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from shapely.geometry import Point

from safelane.countries import load_pack
from safelane.demo.world.evidence import (
    Sign,
    drawn_signs,
    mine_signs,
    points_inside,
    strike_sign,
    uxo_sign,
    village_signs,
)
from safelane.demo.world.ground.lines import GroundLine, build_rivers, build_roads
from safelane.demo.world.ground.outlines import Region
from safelane.demo.world.ground.places import District, Settlement, build_districts
from safelane.demo.world.land.boxes import (
    BoxGrid,
    confirmed_areas,
    survey,
    survey_rules,
)
from safelane.demo.world.land.draft import Draft, Occupied
from safelane.demo.world.land.drafts import Setting, draw_free, draw_worksites
from safelane.demo.world.land.front import MODELS as MINES
from safelane.demo.world.land.front import (
    Front,
    Minefield,
    build_front,
    dig_trenches,
    lay_belts,
)
from safelane.demo.world.land.strikes import MODELS as SUBMUNITIONS
from safelane.demo.world.land.strikes import Strike, fly_strikes
from safelane.demo.world.sizes import PilotSize
from safelane.demo.world.streams import stream

ITEMS_PER_STRIKE = 34.0
OPENING_SIGNS = {"claim": (1, 5), "line": (1, 5), "worksite": (1, 5), "spot": (1, 2),
                 "nuisance": (1, 4)}  # fmt: skip
SIGN_KINDS = {
    "claim": {"claim": 6, "unused_land": 3, "scrap_metal": 1},
    "line": {"map_record": 5, "claim": 3, "fighting_position": 2},
    "worksite": {"item": 8, "fragment": 2},
    "nuisance": {"item": 8, "accident": 2},
}


@dataclass
class Pilot:
    """One pilot in metres: ground, areas, and what lies in them."""

    seed: int
    region: Region
    size: PilotSize
    districts: tuple[District, ...]
    roads: tuple[GroundLine, ...]
    rivers: tuple[GroundLine, ...]
    front: Front | None = None
    drafts: list[Draft] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    grids: list[BoxGrid] = field(default_factory=list)
    minefields: dict[str, Minefield] = field(default_factory=dict)
    trenches: list[Any] = field(default_factory=list)
    taken: Occupied = field(default_factory=Occupied)

    @property
    def country(self) -> str:
        return self.region.country

    @property
    def homes(self) -> list[Settlement]:
        return [home for district in self.districts for home in district.settlements]

    @property
    def setting(self) -> Setting:
        return Setting(self.country, self.districts, self.roads, self.front)


def found_pilot(seed: int, region: Region, size: PilotSize, villages: int) -> Pilot:
    """Return a pilot with its ground and the areas that follow from the war."""
    districts = build_districts(seed, region, villages)
    roads = tuple(build_roads(seed, region.key, districts))
    rivers = tuple(build_rivers(seed, region.key, districts))
    pilot = Pilot(seed, region, size, districts, roads, rivers)
    if region.country == "LA":
        _bomb(pilot)
    else:
        _mine(pilot)
    return pilot


def draw_rest(pilot: Pilot, sizes: dict[tuple[str, str], list[float]]) -> None:
    """Add what people drew: claims, lines, nuisance mines, worksites, spot tasks."""
    for (country, origin), dealt in sizes.items():
        if country != pilot.country:
            continue
        if origin == "worksite":
            new = draw_worksites(pilot.seed, pilot.setting, dealt, pilot.taken)
        else:
            rng = stream(pilot.seed, country, origin, "order")
            mixed = [dealt[i] for i in rng.permutation(len(dealt))]
            new = draw_free(pilot.seed, pilot.setting, origin, mixed, pilot.taken)
        for draft in new:
            pilot.drafts.append(draft)
            pilot.signs.extend(_signs_of(pilot, draft))
    _fill_up(pilot)


def _bomb(pilot: Pilot) -> None:
    """Let strikes fall until there are enough confirmed areas."""
    rng = stream(pilot.seed, "LA", "box survey")
    rules = survey_rules(load_pack("laos"))
    strikes = fly_strikes(pilot.seed, pilot.districts, pilot.roads, ITEMS_PER_STRIKE)
    number = 0
    while number < pilot.size.mapped:
        grid = survey(next(strikes), rules, rng)
        areas = confirmed_areas(grid)[: pilot.size.mapped - number]
        pilot.grids.append(grid)
        fresh = []
        for polygon in areas:
            key = f"LA-S{number:04d}"
            fresh.append(Draft(key, "strike", "cha", polygon, grid.strike.key))
            pilot.taken.add(polygon)
            number += 1
        pilot.drafts.extend(fresh)
        pilot.signs.extend(_strike_signs(grid.strike, fresh, rng))


def _strike_signs(
    strike: Strike, drafts: list[Draft], rng: np.random.Generator
) -> Iterator[Sign]:
    for item in strike.items:
        spot = Point(item.xy)
        inside = (d.key for d in drafts if d.polygon.contains(spot))
        yield strike_sign(next(inside, ""), item, rng)


def _mine(pilot: Pilot) -> None:
    """Lay belts along the generated line until there are enough minefields."""
    front = pilot.front = build_front(pilot.seed)
    pilot.trenches = list(dig_trenches(pilot.seed, front))
    rng = stream(pilot.seed, "AZ", "mine finds")
    laid = (
        field
        for field in lay_belts(pilot.seed, front)
        if pilot.setting.contains(
            np.array(field.polygon.representative_point().coords[0])
        )
    )
    for number, minefield in enumerate(islice(laid, pilot.size.mapped)):
        key = f"AZ-B{number:04d}"
        pilot.minefields[key] = minefield
        draft = Draft(key, "belt", "cha", minefield.polygon, threat=minefield.threat)
        pilot.drafts.append(draft)
        pilot.taken.add(minefield.polygon)
        count = int(rng.integers(3, 10))
        rows, threat = minefield.rows, minefield.threat
        pilot.signs.extend(mine_signs(key, rows, threat, count, rng))


def _signs_of(pilot: Pilot, draft: Draft) -> Iterator[Sign]:
    rng = stream(pilot.seed, draft.key, "signs")
    count = int(rng.integers(*OPENING_SIGNS[draft.origin]))
    models: tuple[str, Mapping[str, int]] = ("submunition", SUBMUNITIONS)
    if draft.origin == "spot":
        for xy in points_inside(draft.polygon, count, rng):
            yield uxo_sign(draft.key, xy, rng)
        return
    if pilot.country == "AZ":
        threat = "ap" if rng.random() < 0.6 else "av"
        models = ("ap_mine" if threat == "ap" else "av_mine", MINES[threat])
        draft.threat = threat
    yield from drawn_signs(
        draft.key, draft.polygon, SIGN_KINDS[draft.origin], models, count, rng
    )


def _fill_up(pilot: Pilot) -> None:
    """Add village claims (Laos) or more finds (Azerbaijan) up to the wanted number."""
    missing = pilot.size.evidence - len(pilot.signs)
    rng = stream(pilot.seed, pilot.country, "further signs")
    if missing <= 0:
        return
    if pilot.country == "LA":
        pilot.signs.extend(village_signs(pilot.homes, missing, rng))
        return
    keys = list(pilot.minefields)
    for _ in range(missing):
        key = keys[int(rng.integers(len(keys)))]
        known = pilot.minefields[key]
        pilot.signs.extend(mine_signs(key, known.rows, known.threat, 1, rng))
