"""Evidence and record maps of a pilot, dated and graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import repeat

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import LineString, Polygon

from safelane.demo.world.evidence import (
    CONDITIONS,
    found_on,
    grade_and_accuracy,
    note_of,
)
from safelane.demo.world.frame import FRAMES
from safelane.demo.world.histories import FIRST_YEAR, season_day
from safelane.demo.world.kinds import Evidence, Hazard, Line, MinefieldRecord
from safelane.demo.world.land.front import sheet_shift
from safelane.demo.world.people import OPERATORS
from safelane.demo.world.pilots import Pilot
from safelane.demo.world.streams import pick, stream

MINES = ("ap_mine", "av_mine")
MAX_DEPTH = {"submunition": 15, "ap_mine": 10, "av_mine": 20, "bomb": 150}
RECORDED = 0.7
DRAWN = date(1993, 6, 1)


def list_evidence(
    pilot: Pilot, hazards: Mapping[str, Hazard], today: date
) -> Iterator[Evidence]:
    """Yield all evidence of ``pilot``; ``hazard`` is "" outside every area."""
    points = FRAMES[pilot.country].points(np.array([sign.xy for sign in pilot.signs]))
    rng = stream(pilot.seed, pilot.country, "evidence")
    loose = _village_surveys(pilot.country, today, rng)
    for number, (sign, point) in enumerate(zip(pilot.signs, points, strict=True)):
        hazard = hazards.get(sign.hazard)
        survey = survey_day(hazard, sign.direct) if hazard else next(loose)
        operator = hazard.organisation if hazard else _any_operator(pilot.country, rng)
        grade, accuracy = grade_and_accuracy(sign, rng)
        depth = int(rng.integers(0, MAX_DEPTH.get(sign.category, 30)))
        yield Evidence(
            key=f"{pilot.country}-E{number:05d}",
            hazard=sign.hazard,
            country=pilot.country,
            kind=sign.kind,
            direct=sign.direct,
            grade=grade,
            accuracy_m=accuracy,
            observed=found_on(survey, today, rng),
            organisation=operator,
            note=note_of(sign, rng),
            geometry=point,
            ordnance=sign.model,
            category=sign.category,
            count=1 + int(rng.random() < 0.06),
            depth_cm=depth,
            condition=pick(rng, CONDITIONS[sign.category in MINES])
            if sign.model
            else "",
        )


def survey_day(hazard: Hazard, direct: bool) -> date:
    """Return the day of the survey that brought evidence of this directness.

    Direct evidence turns a suspicion into a confirmed area, so it comes with the
    report that confirmed it.
    """
    confirmed = [r for r in hazard.reports if r.kind == "confirm"]
    report = confirmed[0] if direct and confirmed else hazard.reports[0]
    return report.info_date


def list_records(
    pilot: Pilot, hazards: Mapping[str, Hazard]
) -> Iterator[MinefieldRecord]:
    """Yield the wartime record maps: simplified, and off by their sheet's error."""
    frame = FRAMES[pilot.country]
    for key, minefield in pilot.minefields.items():
        rng = stream(pilot.seed, key, "record")
        if rng.random() >= RECORDED:
            continue
        centre = np.array(minefield.polygon.centroid.coords[0])
        sheet, shift = sheet_shift(pilot.seed, centre)
        length = minefield.polygon.length / 2
        counts = [int(length * share) for share in rng.uniform(0.2, 0.9, 2)]
        yield MinefieldRecord(
            key=f"{key}-M",
            hazard=key,
            sheet=sheet,
            shift_m=(round(float(shift[0]), 1), round(float(shift[1]), 1)),
            drawn=DRAWN + timedelta(days=int(rng.integers(0, 340))),
            anti_personnel=counts[0] if minefield.threat != "av" else 0,
            anti_vehicle=counts[1] if minefield.threat != "ap" else 0,
            geometry=frame.degrees(_moved(minefield.polygon, shift, rng)),
        )


def list_lines(pilot: Pilot) -> Iterator[Line]:
    """Yield roads, rivers, trenches and the invented former front line."""
    frame, country = FRAMES[pilot.country], pilot.country
    for road in (*pilot.roads, *pilot.rivers):
        yield Line(road.key, country, road.kind, road.name, frame.degrees(road.line))
    for number, xy in enumerate(pilot.trenches):
        trench = frame.degrees(LineString(xy))
        yield Line(f"{country}-T{number:03d}", country, "trench", "", trench)
    if pilot.front is not None:
        front = frame.degrees(LineString(pilot.front.xy))
        yield Line(f"{country}-F", country, "front", "Invented line", front)


def _moved(
    true: Polygon, shift: NDArray[np.float64], rng: np.random.Generator
) -> Polygon:
    """Return a rectangle as the record draws it: turned a little, and off."""
    corners = shapely.get_coordinates(true.minimum_rotated_rectangle)
    turned = affinity.rotate(Polygon(corners), rng.normal(0, 1.5))
    return affinity.translate(turned, *shift)


def _village_surveys(
    country: str, today: date, rng: np.random.Generator
) -> Iterator[date]:
    """Yield days of village surveys, about 25 observations on each."""
    start = date(FIRST_YEAR[country], 1, 15)
    while True:
        day = season_day(country, start, today - timedelta(days=30), rng)
        yield from repeat(day, 25)


def _any_operator(country: str, rng: np.random.Generator) -> str:
    return str(rng.choice(OPERATORS[country][:3]))
