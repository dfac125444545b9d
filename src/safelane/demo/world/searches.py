"""The box surveys of a pilot: who searched which box when, and how much of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from safelane.demo.world.finds import survey_day
from safelane.demo.world.frame import FRAMES
from safelane.demo.world.histories import FIRST_YEAR, season_day
from safelane.demo.world.kinds import Box, Hazard
from safelane.demo.world.land.boxes import BoxGrid, SurveyRules
from safelane.demo.world.people import OPERATORS
from safelane.demo.world.pilots import Pilot
from safelane.demo.world.streams import stream

LEAST_PERCENT = 20  # of what was searched where something was found
AGAIN_EVERY = 6  # one strike in so many is visited again for its grey boxes
AGAIN_AFTER = timedelta(days=365)


def list_boxes(
    pilot: Pilot, hazards: Mapping[str, Hazard], today: date
) -> Iterator[Box]:
    """Yield the survey boxes of every strike, by strike and day."""
    areas = _by_strike(pilot, hazards)
    for number, grid in enumerate(pilot.grids):
        rng = stream(pilot.seed, grid.strike.key, "box day")
        near = areas[grid.strike.key]
        day = _day(near, today, rng)
        operator = near[0].organisation if near else str(rng.choice(_operators(pilot)))
        found = list(_boxes(grid, pilot.country, operator, day, rng))
        yield from found
        if number % AGAIN_EVERY == 0 and day + AGAIN_AFTER < today:
            yield from _again(found, day + AGAIN_AFTER)


def _by_strike(
    pilot: Pilot, hazards: Mapping[str, Hazard]
) -> Mapping[str, list[Hazard]]:
    """Return the areas that were drawn around the boxes of each strike."""
    grouped: dict[str, list[Hazard]] = defaultdict(list)
    for draft in pilot.drafts:
        if draft.parent:
            grouped[draft.parent].append(hazards[draft.key])
    return grouped


def _day(near: list[Hazard], today: date, rng: np.random.Generator) -> date:
    """Return the day of the survey: that which confirmed the first of its areas."""
    if near:
        return min(survey_day(hazard, direct=True) for hazard in near)
    start = date(FIRST_YEAR["LA"], 1, 15)
    return season_day("LA", start, today - timedelta(days=90), rng)


def _operators(pilot: Pilot) -> tuple[str, ...]:
    return OPERATORS[pilot.country][:3]


def _boxes(
    grid: BoxGrid, country: str, operator: str, day: date, rng: np.random.Generator
) -> Iterator[Box]:
    found = list(grid.boxes())
    frame = FRAMES[country]
    shapes = frame.many([grid.square(column, row) for column, row, _ in found])
    for (column, row, colour), shape in zip(found, shapes, strict=True):
        yield Box(
            key=f"{grid.strike.key}-{column}-{row}",
            strike=grid.strike.key,
            epsg=frame.epsg,
            column=column,
            row=row,
            size_m=grid.rules.box_m,
            colour=colour,
            percent=_percent(colour, grid.rules, rng),
            organisation=operator,
            surveyed=day,
            geometry=shape,
        )


def _percent(colour: str, rules: SurveyRules, rng: np.random.Generator) -> int:
    """Return the share that was searched, in steps of five per cent."""
    least = rules.searched_percent if colour == "green" else LEAST_PERCENT
    return 0 if colour == "grey" else int(rng.integers(least // 5, 21)) * 5


def _again(found: list[Box], day: date) -> Iterator[Box]:
    """Yield the boxes that could be searched a year later, with nothing found."""
    for box in found:
        if box.colour == "grey":
            yield replace(
                box, key=f"{box.key}-2", colour="green", percent=100, surveyed=day
            )
