"""Drafts become hazardous areas with facts, reports and perimeter points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from shapely import affinity
from shapely.geometry import Polygon

from safelane.demo.world.attributes import Setup, first_values, look_around
from safelane.demo.world.frame import FRAMES, geodesic_area
from safelane.demo.world.ground.relief import Relief
from safelane.demo.world.histories import Life, write_reports
from safelane.demo.world.kinds import GeoPoint, Hazard, Report
from safelane.demo.world.land.draft import Draft
from safelane.demo.world.land.front import sheet_shift
from safelane.demo.world.people import OPERATORS
from safelane.demo.world.pilots import Pilot
from safelane.demo.world.streams import stream
from safelane.demo.world.traverse import walk_perimeter

RELIEF = {"LA": (1_100.0, 1_900.0), "AZ": (330.0, 700.0)}  # middle and range, metres
DECLINATION = {"LA": -1.3, "AZ": 6.4}  # degrees, about 2024
SKETCHED = {"strike": 0.35, "belt": 0.45, "nuisance": 0.2}
WALKED_EVERY = 24
WALKABLE_CORNERS = 12
WALKABLE_M2 = 80_000


def make_hazards(pilot: Pilot, today: date) -> Iterator[Hazard]:
    """Yield every area of ``pilot`` with its life up to ``today``."""
    base, height = RELIEF[pilot.country]
    relief = Relief(pilot.seed, pilot.country, base, height)
    homes = pilot.homes
    for number, draft in enumerate(pilot.drafts):
        rng = stream(pilot.seed, draft.key, "life")
        yield _hazard(pilot, number, look_around(draft, homes, relief, rng), today, rng)


def _hazard(
    pilot: Pilot, number: int, setup: Setup, today: date, rng: np.random.Generator
) -> Hazard:
    draft = setup.draft
    polygon = FRAMES[pilot.country].degrees(draft.polygon)
    area = geodesic_area(polygon)
    life = _life(pilot, number, setup, polygon, today, rng)
    if rng.random() < 0.6:
        life.values["stated_area_m2"] = round(
            _opening_area(life) * rng.normal(1, 0.004)
        )
    reports = write_reports(life, rng)
    return Hazard(
        key=draft.key,
        country=pilot.country,
        kind=draft.kind,
        status=_status(reports),
        origin=draft.origin,
        name=str(life.values["name"]),
        area=setup.home.place.area,
        place=setup.home.place.key,
        organisation=life.operator,
        area_m2=round(area, 1),
        geometry=polygon,
        values=life.values,
        reports=reports,
        points=_points(pilot, number, draft, polygon, rng),
    )


def _life(
    pilot: Pilot,
    number: int,
    setup: Setup,
    polygon: Polygon,
    today: date,
    rng: np.random.Generator,
) -> Life:
    draft = setup.draft
    sketch = _first_sketch(pilot, draft, rng)
    opening = "sha" if sketch is not None else draft.kind
    return Life(
        key=draft.key,
        number=number,
        country=pilot.country,
        origin=draft.origin,
        kind=draft.kind,
        operator=str(rng.choice(OPERATORS[pilot.country][:3])),
        values=first_values(setup, opening, rng),
        polygon=polygon,
        first_sketch=sketch,
        today=today,
    )


def _first_sketch(
    pilot: Pilot, draft: Draft, rng: np.random.Generator
) -> Polygon | None:
    """Return the suspicion that came first: a rough hull, or the record map's place."""
    if rng.random() >= SKETCHED.get(draft.origin, 0.0):
        return None
    rough = draft.polygon.minimum_rotated_rectangle
    shift = rng.normal(0, 25, 2)
    if draft.origin == "belt":
        _sheet, error = sheet_shift(pilot.seed, draft.centre)
        shift = shift + error
    moved = affinity.translate(rough, *shift)
    wide = moved.buffer(rng.uniform(20, 90), join_style="mitre")
    return FRAMES[pilot.country].degrees(Polygon(wide.exterior))


def _opening_area(life: Life) -> float:
    first = life.polygon if life.first_sketch is None else life.first_sketch
    return geodesic_area(first)


def _status(reports: tuple[Report, ...]) -> str:
    stated = [r.changes["status"] for r in reports if "status" in r.changes]
    return str(stated[-1])


def _points(
    pilot: Pilot,
    number: int,
    draft: Draft,
    polygon: Polygon,
    rng: np.random.Generator,
) -> tuple[GeoPoint, ...]:
    corners = len(polygon.exterior.coords) - 1
    walkable = corners <= WALKABLE_CORNERS and geodesic_area(polygon) < WALKABLE_M2
    if draft.kind != "cha" or not walkable or number % WALKED_EVERY != 2:
        return ()
    return tuple(walk_perimeter(polygon, DECLINATION[pilot.country], rng))
