"""The facts of a hazardous area that agree with each other and with its ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from safelane.demo.world.ground.places import Settlement
from safelane.demo.world.ground.relief import Ground, Relief
from safelane.demo.world.land.draft import Draft
from safelane.demo.world.streams import pick

CONTAMINATION = {
    "strike": ["submunition"],
    "spot": ["uxo"],
    "ap": ["apm"],
    "av": ["avm"],
    "mixed": ["apm", "avm"],
}
SOURCES = {
    "strike": {"technical_survey": 7, "non_technical_survey": 3},
    "belt": {"minefield_record": 6, "non_technical_survey": 4},
    "nuisance": {"non_technical_survey": 6, "community": 4},
    "claim": {"community": 7, "authority": 2, "military": 1},
    "line": {"minefield_record": 5, "military": 3, "authority": 2},
    "worksite": {"technical_survey": 6, "non_technical_survey": 4},
    "spot": {"community": 9, "authority": 1},
}
GRADES = {
    "cha": {"M1": 7, "M2": 3},
    "sha": {"M2": 3, "M3": 4, "M4": 3},
    "eod_spot_task": {"M1": 8, "M2": 2},
}
RELIABILITY = {"M1": "reliable", "M2": "reliable", "M3": "unreliable",
               "M4": "unreliable"}  # fmt: skip
BLOCKS = {
    "agriculture": ["agriculture"],
    "grazing": ["pasture"],
    "forestry": ["forest"],
    "housing": ["housing"],
    "infrastructure": ["infrastructure", "roads"],
    "tourism": ["infrastructure"],
}
MARKING = {
    "cha": {"none": 3, "local_signs": 3, "official_signs": 3, "fence": 1},
    "sha": {"none": 7, "local_signs": 3},
    "eod_spot_task": {"none": 5, "local_signs": 5},
}
DEPTHS = {"LA": 25, "AZ": 20}


@dataclass(frozen=True, slots=True)
class Setup:
    """A draft with its neighbourhood."""

    draft: Draft
    home: Settlement
    distance_m: float
    ground: Ground


def look_around(
    draft: Draft, homes: list[Settlement], relief: Relief, rng: np.random.Generator
) -> Setup:
    """Return the nearest settlement and the ground of ``draft``."""
    spots = np.array([home.xy for home in homes])
    gaps = np.hypot(*(spots - draft.centre).T)
    nearest = int(np.argmin(gaps))
    ground = relief.ground(draft.centre, rng)
    return Setup(draft, homes[nearest], float(gaps[nearest]), ground)


def first_values(setup: Setup, kind: str, rng: np.random.Generator) -> dict[str, Any]:
    """Return what the first report states, without geometry and status."""
    draft, ground = setup.draft, setup.ground
    grade = pick(rng, GRADES[kind])
    people = exposed_people(setup, rng)
    return {
        "name": f"{setup.home.place.name} {draft.key.partition('-')[2]}",
        "priority": priority_of(people, ground.land_use),
        "contamination": contamination_of(draft, rng),
        "information_source": pick(rng, SOURCES[draft.origin]),
        "source_reliability": RELIABILITY[grade],
        "information_grade": grade,
        "terrain": ground.terrain,
        "vegetation": ground.vegetation,
        "slope": ground.slope,
        "soil": ground.soil,
        "difficulty": ground.difficulty,
        "marking": pick(rng, MARKING[kind]),
        "land_use": ground.land_use,
        "blockages": BLOCKS[ground.land_use],
        "depth_cm": DEPTHS[setup.home.place.country],
        "people_affected": people,
    }


def exposed_people(setup: Setup, rng: np.random.Generator) -> int:
    """Return how many people use the area: fewer the farther the village."""
    share = np.exp(-setup.distance_m / 1_500) * rng.uniform(0.1, 0.6)
    return int(setup.home.place.population * share)


def priority_of(people: int, land_use: str) -> str:
    """Return high, medium or low by people and use."""
    urgent = land_use in ("housing", "infrastructure")
    if people > 120 or (urgent and people > 40):
        return "high"
    return "medium" if people > 25 or urgent else "low"


def contamination_of(draft: Draft, rng: np.random.Generator) -> list[str]:
    """Return what is believed to be there."""
    if draft.threat:
        return list(CONTAMINATION[draft.threat])
    if draft.key.startswith("LA"):
        mixed = rng.random() < 0.25
        return ["submunition", "uxo"] if mixed else ["submunition"]
    return list(CONTAMINATION[pick(rng, {"ap": 5, "av": 3, "mixed": 2})])
