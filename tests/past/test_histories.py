"""Random histories of areas, through the actions, against the independent model.

Each history has corrections: reports on earlier days and on the same day, facts taken
back, reports withdrawn. It is asked on 20 pairs of dates: on a day of information, the
day before or after, at some moment of knowledge. A share is asked through API, OGC,
tiles and pages too. TEST_HISTORIES says how many (60; the whole is 300).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import pytest
import shapely
from django.utils import timezone

from safelane.core.filters.reading import Moment
from safelane.core.geo.entry.grid import box_holding
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.tiles.tests.test_tiles import tile_at
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import BoxInput, ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.queries import boxes_of, current_boxes, state_of
from safelane.hazards.testing import withdraw_report
from safelane.organisations.testing import CORNERS
from tests.past.model import FOLLOWERS, Answer, Report, answer

COUNT = int(os.environ.get("TEST_HISTORIES", "60"))
BATCH = 15
DATES = 20
EACH_DOOR = 5  # every fifth history is asked through every door
BY = system_actor("tests")
START = date(2024, 3, 1)
WEST, SOUTH = CORNERS["laos"]
# Communes of the cast: left and right of 0.2 degrees lie two districts.
PLACES = {"laos-100": WEST + 0.05, "laos-110": WEST + 0.25}
CODES = {
    "kind": ("sha", "indication"),
    "priority": ("high", "medium", "low"),
    "terrain": ("flat", "hills", "valley"),
    "status": ("open", "suspended", "worked_on"),
}
TEXTS = {"status_reason": "status", "geometry_crs": "geometry"}
RESULTS = ("nothing_found", "fragments", "other_uxo")


@dataclass
class History:
    """One area: what the model knows of it, and when each act happened."""

    number: int
    chance: random.Random
    reports: list[Report] = field(default_factory=list)
    rows: list[HazardReport] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return f"L-{self.number}"

    @property
    def south(self) -> float:
        return SOUTH + 0.001 + self.number * 0.0006  # each on ground of its own

    @property
    def hazard(self) -> HazardousArea:
        return HazardousArea.objects.get(reference=self.reference)

    @property
    def tells(self) -> str:
        acts = "\n".join(str(report) for report in self.reports)
        return f"history {self.number}:\n{acts}"


def some_report(history: History) -> Report:
    """Return a random report; about half are on a day that was spoken of before."""
    chance, told = history.chance, [r.day for r in history.reports]
    day = START + timedelta(days=chance.randrange(60))
    if told and chance.random() < 0.5:
        day = chance.choice(told)
    says = {n: chance.choice(c) for n, c in CODES.items() if chance.random() < 0.4}
    place = chance.choice(list(PLACES)) if chance.random() < 0.4 else ""
    if place:
        x = PLACES[place] + chance.randrange(9) * 0.001
        says["geometry"] = shapely.box(x, history.south, x + 4e-4, history.south + 4e-4)
    for name, leader in TEXTS.items():
        if leader in says and chance.random() < 0.5:
            says[name] = f"text {len(history.reports)}"
    free = {*CODES, "geometry"} - says.keys()
    retracts = frozenset(n for n in sorted(free) if told and chance.random() < 0.12)
    boxes = {}
    if chance.random() < 0.4:
        boxes = {_box(history, chance.randrange(3)).number: chance.choice(RESULTS)}
    if not (says or retracts):
        says["priority"] = chance.choice(CODES["priority"])
    return Report(day, len(history.moments), says, retracts, boxes, place)


def _box(history: History, column: int) -> Any:
    return box_holding(WEST + 0.15 + column * 0.002, history.south, 50)


def act(history: History, owner: Registration) -> None:
    """Approve one more report, or withdraw one that stands."""
    chance, moment = history.chance, len(history.moments)
    standing = [i for i, r in enumerate(history.reports) if r.withdrawn is None]
    if standing and len(history.reports) > 1 and chance.random() < 0.25:
        chosen = chance.choice(standing)
        row = HazardReport.objects.get(pk=history.rows[chosen].pk)
        withdraw_report(row, "wrong", by=BY)
        history.reports[chosen] = replace(history.reports[chosen], withdrawn=moment)
    else:
        report = some_report(history)
        known = HazardousArea.objects.filter(reference=history.reference).first()
        boxes = {_box(history, column).number: column for column in range(3)}
        said = ReportInput(
            date_of_information=report.day,
            hazard=known,
            reference="" if known else history.reference,
            facts=dict(report.says),
            retracts=tuple(report.retracts),
            boxes=tuple(
                BoxInput(
                    box=_box(history, boxes[n]), result=found, searched_percent=100
                )
                for n, found in report.boxes.items()
            ),
        )
        register_approved([said], owner, by=BY)
        history.reports.append(report)
        history.rows.append(HazardReport.objects.latest("pk"))
    history.moments.append(timezone.now())


def dates_of(history: History) -> list[tuple[date, int]]:
    """Return pairs of dates: a day of information or one beside it, and a moment."""
    chance, days = history.chance, [r.day for r in history.reports]
    return [
        (
            chance.choice(days) + timedelta(days=chance.choice((-1, 0, 1))),
            chance.randrange(len(history.moments)),
        )
        for _number in range(DATES)
    ]


def same(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts as they can be compared, without what follows from the outline."""
    names = {*CODES, "geometry", *(n for f in FOLLOWERS.values() for n in f)}
    return {
        name: value.wkt if name == "geometry" else value
        for name, value in facts.items()
        if name in names
    }


def ask_queries(history: History, hazard: Any, then: Moment, right: Answer | None):
    state = state_of(hazard, BY, then.as_of, then.known_at)
    if right is None:
        assert state is None, history.tells
        return
    assert state is not None, history.tells
    assert same(state.stated_facts()) == same(right.facts), history.tells
    assert state.valid_from == right.last, history.tells
    assert state.first_information == right.first, history.tells
    if right.place is not None:
        assert state.admin_area.code == right.place, history.tells
    own = boxes_of(state, BY, then).filter(hazard=hazard)
    assert {b.grid_number: b.result for b in own} == right.boxes, history.tells
    every = current_boxes(BY, then).filter(hazard=hazard)
    assert {b.grid_number: b.result for b in every} == right.boxes


def ask_doors(history: History, client: Any, then: Moment, right: Answer | None):
    """Ask page, API, OGC item, OGC list and tile; all say what the model says."""
    hazard, query = history.hazard, urlencode(then.pairs())
    item = client.get(f"/ogc/collections/hazardous-areas/items/{hazard.uid}?{query}")
    one = client.get(f"/api/v1/hazards/{hazard.uid}?{query}")
    page = client.get(f"/hazards/{hazard.uid}/?{query}").context
    listed = client.get(f"/api/v1/hazards?q={history.reference}&limit=100&{query}")
    found = [r for r in listed.json()["items"] if r["reference"] == history.reference]
    assert page["missing"] == (right is None), history.tells
    if right is None:
        assert (item.status_code, one.status_code, found) == (404, 404, [])
        return
    facts = {**right.facts}
    shape = facts.pop("geometry", None)
    told = {n: v for n, v in one.json()["facts"].items() if n in facts}
    assert told == facts == {n: v for n, v in found[0]["facts"].items() if n in facts}
    assert (one.json()["facts"]["geometry"] is None) == (shape is None)
    assert one.json()["last_information"] == right.last.isoformat()
    for name in CODES.keys() & item.json()["properties"].keys():
        assert (item.json()["properties"][name] or None) == facts.get(name)
    assert (item.json()["geometry"] is None) == (shape is None)
    assert page["state"].kind == facts.get("kind", ""), history.tells
    assert {b.grid_number: b.result for b in page["boxes"]} == right.boxes
    if shape is not None:
        in_tile = tile_uids(client, shape.centroid, query)
        assert (str(hazard.uid) in in_tile) is True, history.tells


def tile_uids(client: Any, point: Any, query: str) -> set[str]:
    tile = tile_at(16, point.x, point.y)
    got = client.get(f"/tiles/hazardous-areas/16/{tile.x}/{tile.y}.mvt?{query}")
    assert got.status_code == 200
    if not got.content:
        return set()
    layer = mapbox_vector_tile.decode(got.content)["hazardous-areas"]
    return {feature["properties"].get("uid") for feature in layer["features"]}


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_the_register_says_what_the_model_says(
    first: int, cast: Any, clients: Any
) -> None:
    owner = Registration(
        cast.organisations["lao"], cast.countries["laos"], "", "made for tests"
    )
    for number in range(first, min(first + BATCH, COUNT)):
        history = History(number, random.Random(f"history {number}"))
        for _act in range(history.chance.randrange(4, 9)):
            act(history, owner)
        hazard = history.hazard
        for turn, (day, moment) in enumerate(dates_of(history)):
            then = Moment(day, history.moments[moment])
            right = answer(history.reports, day, moment)
            ask_queries(history, hazard, then, right)
            if number % EACH_DOOR == 0 and turn < EACH_DOOR:
                ask_doors(history, clients["noy"], then, right)


def test_the_model_is_not_the_fold() -> None:
    """A history whose answers a person has worked out: the model must give them."""
    may, june = date(2024, 5, 1), date(2024, 6, 1)
    reports = [
        Report(june, 0, {"kind": "cha", "status": "open", "status_reason": "seen"}),
        Report(may, 1, {"kind": "sha", "terrain": "flat"}),
        Report(june, 2, {"kind": "sha", "priority": "low"}),
        Report(june, 3, {"status": "closed"}, withdrawn=4),
    ]
    late = answer(reports, june, 5)
    assert late is not None
    assert late.facts == {
        "kind": "cha",
        "terrain": "flat",
        "priority": "low",
        "status": "open",
        "status_reason": "seen",
    }
    before = answer(reports, june - timedelta(days=1), 5)
    assert before is not None and before.facts == {"kind": "sha", "terrain": "flat"}
    assert answer(reports, may, 0) is None
    first = answer(reports, june, 0)
    assert first is not None and first.first == june
