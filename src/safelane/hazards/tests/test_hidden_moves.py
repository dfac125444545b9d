"""Two registers that publish the same tell an author the same of what is hidden.

Bounmy, who may not see the authority's areas and signs, draws over all the ground
around them: one report at a time by the API, and as rows of a file.
"""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
import shapely
from shapely.affinity import translate

from safelane.core.geo.cells import cell_of
from safelane.core.scope.precision import blurred, rounded_area
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import Evidence, HazardousArea, HazardReport
from safelane.hazards.rules.evaluation import MAY_OVERLAP
from safelane.hazards.tests.test_hidden_ground import hide, square

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 1)
HOME = cell_of((103.1234, 19.3876, 103.1234, 19.3876))
WEST, SOUTH, EAST, NORTH = HOME
WIDE, HIGH = EAST - WEST, NORTH - SOUTH


def area(metres: float) -> ReportInput:
    """Return a square with its middle in the cell."""
    half = metres / 222_000
    shape = shapely.box(-half, -half, half, half)
    shape = translate(shape, (WEST + EAST) / 2, (SOUTH + NORTH) / 2)
    facts = {"kind": "sha", "status": "open", "geometry": shape}
    return ReportInput(date_of_information=DAY, reference="HIDDEN", facts=facts)


def sign() -> ReportInput:
    place = shapely.Point((WEST + EAST) / 2, (SOUTH + NORTH) / 2)
    found = EvidenceInput(geometry=place, directness="direct", kind="item")
    return ReportInput(date_of_information=DAY, evidence=(found,))


def move(row: Any, x: float, y: float) -> None:
    """Put the middle of a record elsewhere, and change nothing that is published."""
    was = blurred(row.geometry, 1)
    middle = shapely.box(*row.geometry.bounds).centroid
    row.geometry = translate(row.geometry, x - middle.x, y - middle.y)
    assert was is not None and was.equals(blurred(row.geometry, 1))
    if size := getattr(row, "area_m2", None):
        row.area_m2 = size * 1.00005
        assert rounded_area(size, 1) == rounded_area(row.area_m2, 1)
    row.save()


def places() -> list[tuple[float, float]]:
    """Return the middle of the cell, a corner of it, and places at random."""
    rng = random.Random(4)
    spots = [(0.5, 0.5), (0.999, 0.999), (rng.random(), rng.random())]
    return [(WEST + u * WIDE, SOUTH + v * HIGH) for u, v in spots]


def grid(reach: float, steps: int) -> list[Any]:
    """Return small squares over the ground, so many cells around the hidden one."""
    spots = [-reach + n * (1 + 2 * reach) / (steps - 1) for n in range(steps)]
    here = square(WEST).bounds
    return [
        translate(square(WEST), u * WIDE, SOUTH + v * HIGH - here[1])
        for u in spots
        for v in spots
    ]


def asked_one_by_one(cast: Any, clients: Any, drawn: list[Any], **facts: Any) -> Any:
    found = []
    for number, shape in enumerate(drawn):
        stated = {"kind": "sha", "status": "open"} | facts
        body = {
            "organisation": str(cast.organisations["lao"].uid),
            "date_of_information": str(DAY),
            "reference": f"LA-{number}",
            "facts": stated | {"geometry": shape.__geo_interface__},
        }
        asked = json.dumps(body), "application/json"
        made = clients["bounmy"].post("/api/v1/reports", *asked)
        assert made.status_code == 201, made.content
        found.append(str(made.json()["findings"]))
        HazardReport.objects.filter(uid=made.json()["uid"]).delete()
    return found


def asked_by_file(cast: Any, clients: Any, drawn: list[Any], **facts: Any) -> Any:
    stated = {"kind": "sha", "status": "open"} | facts
    items = [
        ReportInput(
            date_of_information=DAY,
            reference=f"NEW-{number}",
            facts=stated | {"geometry": shape},
        )
        for number, shape in enumerate(drawn)
    ]
    home, country = cast.organisations["lao"], cast.countries["laos"]
    judge = Judge(country, home, by=cast.actor("bounmy"), lenient=False)
    rows = judge.judge(items, judge.look_up(items))
    return [str(judge.told(row)) for row in rows]


@pytest.mark.parametrize("door", [asked_one_by_one, asked_by_file])
@pytest.mark.parametrize(
    ("hidden", "reach", "facts"),
    [
        (area(50), 1.5, {}),
        (area(5000), 6.5, {}),
        (sign(), 1.5, {"kind": "cha"}),
        (sign(), 1.5, {"kind": "cha", "stated_area_m2": 9e9}),
        (sign(), 1.5, {"status": "closed"}),
    ],
    ids=["50 m", "5 km", "sign, confirmed", "sign, wrong size", "sign, closed"],
)
def test_what_publishes_the_same_is_told_of_alike(
    cast: Any, clients: Any, door: Any, hidden: Any, reach: float, facts: Any
) -> None:
    hide(cast, hidden)
    row: Any = (Evidence if hidden.evidence else HazardousArea).objects.get()
    drawn = grid(reach, 5)
    found = []
    for x, y in places():
        move(row, x, y)
        found.append(door(cast, clients, drawn, **facts))
    told = [str(MAY_OVERLAP) in answer for answer in found[0]]
    assert True in told and False in told
    assert all(answers == found[0] for answers in found)


@pytest.mark.parametrize("door", [asked_one_by_one, asked_by_file])
@pytest.mark.parametrize("metres", [50, 900, 5000])
def test_whoever_draws_over_a_hidden_area_is_told(
    cast: Any, clients: Any, door: Any, metres: float
) -> None:
    hide(cast, area(metres))
    row = HazardousArea.objects.get()
    move(row, EAST - WIDE / 1000, NORTH - HIGH / 1000)
    west, south, east, north = row.geometry.bounds
    side = 1e-5
    corners = [(west, south), (east - side, south), (west, north - side)]
    drawn = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    answers = door(cast, clients, drawn)
    assert all(str(MAY_OVERLAP) in answer for answer in answers)
