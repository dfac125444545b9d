"""The facts of a hazardous area that agree with each other and with its ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from safelane.demo.world.ground.places import Settlement
from safelane.demo.world.ground.relief import Ground, Relief
from safelane.demo.world.land.draft import Draft
from safelane.demo.world.streams import pick

CLUSTER = "cluster_munitions"
CONTAMINATION = {
    "ap": ["ap_mines"],
    "av": ["av_mines"],
    "mixed": ["ap_mines", "av_mines"],
}
SOURCES = {
    "strike": {"survey_team": 9, "clearance_team": 1},
    "belt": {"military_record": 5, "survey_team": 5},
    "nuisance": {"survey_team": 6, "land_user": 4},
    "claim": {"community": 5, "community_leader": 3, "local_authority": 2},
    "line": {"military_record": 5, "military": 3, "local_authority": 2},
    "worksite": {"survey_team": 6, "clearance_team": 4},
    "spot": {"land_user": 6, "community": 3, "police": 1},
}
GRADES = {
    "cha": {"m1": 7, "m2": 3},
    "sha": {"m2": 3, "m3": 4, "m4": 3},
    "eod_spot_task": {"m1": 8, "m2": 2},
}
RELIABILITY = {"m1": "reliable", "m2": "usually_reliable", "m3": "unreliable",
               "m4": "unreliable"}  # fmt: skip
BLOCKS = {
    "agriculture": ["crops"],
    "pasture": ["pasture"],
    "forest": ["forest"],
    "housing": ["housing"],
    "school_health": ["services"],
    "transport": ["roads", "infrastructure"],
    "water": ["water"],
    "energy": ["infrastructure"],
    "environment_science": ["forest"],
    "nature": ["forest"],
    "other": ["nothing"],
}
URGENT = ("housing", "transport", "school_health", "water", "energy")
MARKING = {
    "cha": {"none": 3, "local": 3, "temporary": 3, "permanent": 1, "damaged": 1},
    "sha": {"none": 7, "local": 3},
    "eod_spot_task": {"none": 5, "local": 5},
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
    urgent = land_use in URGENT
    if people > 120 or (urgent and people > 40):
        return "high"
    return "medium" if people > 25 or urgent else "low"


def contamination_of(draft: Draft, rng: np.random.Generator) -> list[str]:
    """Return what is believed to be there."""
    if draft.threat:
        return list(CONTAMINATION[draft.threat])
    if draft.origin == "spot":
        return ["uxo"]
    if draft.key.startswith("LA"):
        mixed = rng.random() < 0.25
        return [CLUSTER, "uxo"] if mixed else [CLUSTER]
    return list(CONTAMINATION[pick(rng, {"ap": 5, "av": 3, "mixed": 2})])
