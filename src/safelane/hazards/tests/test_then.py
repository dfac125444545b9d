"""Every door tells of a past day what was known of it then, and nothing of later.

One area, moved by a correction that is withdrawn again, with a late report on an
earlier day: asked on each day, the day before and the day after, at each moment of
knowledge, through pages, API, OGC, tiles and exports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import pytest
import shapely
from django.utils import timezone

from safelane.core.geo.entry.grid import box_holding
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.tiles.tests.test_tiles import tile_at
from safelane.exchange.exports import export_records
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import (
    BoxInput,
    EvidenceInput,
    OrdnanceInput,
    ReportInput,
)
from safelane.hazards.models import HazardousArea
from safelane.hazards.queries import state_of
from safelane.hazards.testing import (
    create_report,
    register_area,
    submit_report,
    withdraw_report,
)
from safelane.organisations.testing import CORNERS

MAY, JULY, SEPTEMBER = date(2024, 5, 1), date(2024, 7, 1), date(2024, 9, 1)
DAYS = [d + timedelta(days=n) for d in (MAY, JULY, SEPTEMBER) for n in (-1, 0, 1)]
BY = system_actor("tests")
WEST, SOUTH = CORNERS["laos"]
MOVED = shapely.box(WEST + 0.31, SOUTH + 0.05, WEST + 0.312, SOUTH + 0.052)
FINDS = ("evidence", "ordnance")


@dataclass
class Told:
    """The reports as they came in: day, and from and until when they were known."""

    hazard: HazardousArea
    moments: list[datetime]
    reports: tuple[tuple[date, int, int], ...] = (
        (MAY, 0, 9),
        (SEPTEMBER, 1, 3),
        (JULY, 2, 9),
    )

    def counting(self, day: date, moment: int) -> list[date]:
        return [d for d, since, to in self.reports if d <= day and since <= moment < to]


def report_on(cast: Any, hazard: HazardousArea, day: date, **facts: Any) -> Any:
    """Register a report with finds in the area as it lay on its day."""
    then = state_of(hazard, BY, on=day)
    point = facts.get("geometry", then.geometry).centroid
    said = ReportInput(
        date_of_information=day,
        hazard=hazard,
        facts=facts,
        evidence=(EvidenceInput(geometry=point, directness="direct", kind="item"),),
        ordnance=(OrdnanceInput(geometry=point, category="submunition"),),
    )
    owner = Registration(
        cast.organisations["lao"], cast.countries["laos"], "", "made for tests"
    )
    register_approved([said], owner, by=BY)
    return hazard.reports.latest("pk")


@pytest.fixture
def told(cast: Any) -> Told:
    hazard = register_area(cast, "laos", "L-1")
    moments = [timezone.now()]
    wrong = report_on(cast, hazard, SEPTEMBER, status="closed", geometry=MOVED)
    moments.append(timezone.now())
    report_on(cast, hazard, JULY, kind="cha")
    moments.append(timezone.now())
    withdraw_report(wrong, "Another area", by=BY)
    moments.append(timezone.now())
    return Told(hazard, moments)


def each(told: Told) -> Any:
    for day in DAYS:
        for number, moment in enumerate(told.moments):
            query = urlencode({"as_of": day, "known_at": moment.isoformat()})
            yield day, number, query


def features(client: Any, name: str, query: str) -> list[Any]:
    answer = client.get(f"/ogc/collections/{name}/items?limit=100&{query}")
    assert answer.status_code == 200, answer.content
    body = json.loads(answer.content)
    assert body["numberMatched"] == len(body["features"])
    return list(body["features"])


def in_tiles(client: Any, name: str, query: str) -> int:
    """Return how many a level of tiles shows around the ground of both outlines."""
    tile = tile_at(6, WEST + 0.2, SOUTH + 0.1)
    answer = client.get(f"/tiles/{name}/6/{tile.x}/{tile.y}.mvt?{query}")
    assert answer.status_code == 200
    if not answer.content:
        return 0
    layer = mapbox_vector_tile.decode(answer.content)[name]
    return sum(f["properties"]["count"] for f in layer["features"])


def test_finds_of_then_through_every_door(told: Told, clients: Any) -> None:
    client = clients["noy"]
    for day, number, query in each(told):
        expected = len(told.counting(day, number))
        page = client.get(f"/hazards/{told.hazard.uid}/?{query}").context
        assert len(page["reports"]) == expected
        assert len(page["changes"]) == _changes(told, day, number)
        for kind in FINDS:
            assert len(page[kind]) == expected, (kind, day, number)
            assert len(features(client, kind, query)) == expected
            assert in_tiles(client, kind, query) == expected
            answer = client.get(f"/api/v1/{kind}?{query}").json()
            assert answer["count"] == len(answer["items"]) == expected


def _changes(told: Told, day: date, number: int) -> int:
    """One per report, and the withdrawal, which nobody who asks of then hears of."""
    return len(told.counting(day, number))


def test_boxes_of_then_through_every_door(told: Told, clients: Any) -> None:
    client = clients["noy"]
    for day, number, query in each(told):
        expected = int(day >= MAY)
        page = client.get(f"/hazards/{told.hazard.uid}/?{query}").context
        on_old_ground = SEPTEMBER not in told.counting(day, number)
        assert len(page["boxes"]) == expected, (day, number, on_old_ground)
        assert len(features(client, "survey-boxes", query)) == expected
        assert in_tiles(client, "survey-boxes", query) == expected
        assert client.get(f"/api/v1/survey-boxes?{query}").json()["count"] == expected


def _place(told: Told, day: date, number: int) -> str:
    return "laos-110" if SEPTEMBER in told.counting(day, number) else "laos-100"


def test_the_state_of_then_through_every_door(told: Told, clients: Any) -> None:
    client = clients["noy"]
    for day, number, query in each(told):
        counting = told.counting(day, number)
        page = client.get(f"/hazards/{told.hazard.uid}/?{query}").context
        listed = client.get(f"/hazards/?{query}").context["rows"]
        found = features(client, "hazardous-areas", query)
        assert len(listed) == len(found) == int(bool(counting))
        assert page["missing"] == (not counting)
        assert in_tiles(client, "hazardous-areas", query) == int(bool(counting))
        one = client.get(f"/api/v1/hazards/{told.hazard.uid}?{query}")
        if not counting:
            assert one.status_code == 404
            continue
        kind = "cha" if JULY in counting and max(counting) == JULY else "sha"
        kind = "cha" if JULY in counting else "sha"
        status = "closed" if SEPTEMBER in counting else "open"
        own = found[0]["properties"]
        assert (own["kind"], own["status"]) == (kind, status)
        assert own["first_information"] == min(counting).isoformat()
        assert own["last_information"] == max(counting).isoformat()
        body = one.json()
        assert body["facts"]["status"] == status
        assert body["admin_area"]["code"] == _place(told, day, number)
        assert body["first_information"] == min(counting).isoformat()
        assert page["admin_area"].code == _place(told, day, number)
        item = client.get(
            f"/ogc/collections/hazardous-areas/items/{told.hazard.uid}?{query}"
        )
        assert item.json()["properties"]["status"] == status


def test_a_moment_of_knowledge_without_a_day_tells_of_today(
    told: Told, clients: Any
) -> None:
    """What is true today, as it was known then: no later approval stands in it."""
    client, uid = clients["noy"], told.hazard.uid
    expected = (("sha", "open"), ("sha", "closed"), ("cha", "closed"), ("cha", "open"))
    for moment, answer in zip(told.moments, expected, strict=True):
        query = urlencode({"known_at": moment.isoformat()})
        facts = client.get(f"/api/v1/hazards/{uid}?{query}").json()["facts"]
        assert (facts["kind"], facts["status"]) == answer
        (listed,) = client.get(f"/api/v1/hazards?{query}").json()["items"]
        facts = listed["facts"]
        assert (facts["kind"], facts["status"]) == answer
        (shown,) = features(client, "hazardous-areas", query)
        assert shown["properties"]["kind"] == answer[0]
        assert shown["properties"]["status"] == answer[1]


def test_finds_of_a_report_under_way_stand_on_no_door(cast: Any, clients: Any) -> None:
    """Its author and the authority see it among the reports, not in the register."""
    hazard = register_area(cast, "laos", "L-1")
    point = hazard.geometry.centroid
    again = box_holding(point.x, point.y, 50)
    said = ReportInput(
        date_of_information=SEPTEMBER,
        hazard=hazard,
        evidence=(EvidenceInput(geometry=point, directness="direct", kind="item"),),
        ordnance=(OrdnanceInput(geometry=point, category="mortar"),),
        boxes=(BoxInput(box=again, result="nothing_found", searched_percent=100),),
    )
    operator = cast.organisations["lao"]
    draft = create_report(said, organisation=operator, by=cast.actor("bounmy"))
    submit_report(draft, by=cast.actor("bounmy"))
    for name in ("bounmy", "noy"):
        for query in ("", f"as_of={SEPTEMBER}"):
            for kind in (*FINDS, "survey-boxes"):
                (shown,) = features(clients[name], kind, query)
                (listed,) = clients[name].get(f"/api/v1/{kind}?{query}").json()["items"]
                assert listed["uid"] == shown["id"]
                assert in_tiles(clients[name], kind, query) == 1
            assert shown["properties"]["result"] == "fragments"  # the approved one


def test_exports_of_then(told: Told, cast: Any, tmp_path: Any) -> None:
    by = cast.actor("noy")
    for day, number, query in each(told):
        expected = len(told.counting(day, number))
        for kind in FINDS:
            done = export_records(tmp_path / kind, kind, "csv", query=query, by=by)
            assert done.count == expected
        path = tmp_path / "hazards.csv"
        export_records(path, "hazards", "csv", query=query, by=by)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 1 + bool(expected)
        if expected:
            assert _place(told, day, number) in lines[1]


def test_overlaps_of_then(told: Told, cast: Any, clients: Any) -> None:
    other = register_area(cast, "laos", "L-2", geometry=MOVED)
    moments = [timezone.now()]
    query = urlencode({"as_of": SEPTEMBER, "known_at": moments[0].isoformat()})
    page = clients["noy"].get(f"/hazards/{other.uid}/?{query}").context
    assert page["overlaps"] == []
    wrong = report_on(cast, told.hazard, SEPTEMBER, geometry=MOVED)
    query = urlencode({"as_of": SEPTEMBER})
    page = clients["noy"].get(f"/hazards/{other.uid}/?{query}").context
    assert [o.hazard.reference for o in page["overlaps"]] == ["L-1"]
    query = urlencode({"as_of": SEPTEMBER - timedelta(days=1)})
    page = clients["noy"].get(f"/hazards/{other.uid}/?{query}").context
    assert page["overlaps"] == []
    assert wrong.hazard == told.hazard


@pytest.mark.parametrize("name", ["admin-areas", "reports-pending"])
def test_who_knows_only_the_present_refuses_the_past(
    told: Told, clients: Any, name: str
) -> None:
    for address in (
        f"/ogc/collections/{name}/items?as_of=2024-05-01",
        f"/tiles/{name}/6/0/0.mvt?known_at=2024-05-01",
    ):
        answer = clients["noy"].get(address)
        assert answer.status_code == 400
        assert "as_of" in answer.content.decode()


@pytest.mark.parametrize("value", ["2024-13-01", "yesterday", "9999-99-99T00:00"])
def test_a_date_that_cannot_be_read_is_refused(
    told: Told, clients: Any, value: str
) -> None:
    for name in ("hazardous-areas", "evidence", "survey-boxes"):
        items = f"/ogc/collections/{name}/items?known_at={value}"
        assert clients["noy"].get(items).status_code == 400
        tile = f"/tiles/{name}/6/0/0.mvt?as_of={value}"
        assert clients["noy"].get(tile).status_code in (400, 422)
