"""Repeated drafts do not find what their author may not see.

Bounmy leads a team of the operator; the authority's areas and evidence are out of his
sight. He asks by page and by API as often as he likes, and learns no more than the
cell of the fixed grid in which something is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
import shapely
from django.db import transaction
from django.test import Client

from safelane.core.geo.cells import cell_bounds
from safelane.core.review import stages
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.scope.nearby import recorded_in_cells
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import EvidenceInput, ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.rules.evaluation import MAY_OVERLAP
from safelane.hazards.tests.pages.test_report_entry import fields
from safelane.organisations.models import AdminArea, Role

pytestmark = pytest.mark.django_db
SECRET = "HIDDEN-77"
WEST, SOUTH, EAST, NORTH = cell_bounds(103.1234, 19.3876)
MIDDLE = (SOUTH + NORTH) / 2
# Two places in one cell, 600 m apart, that no author may tell from each other.
PLACES = (WEST + 0.002, EAST - 0.002)
SIDE = 0.0004  # 44 m
STEPS = 6
Ask = Callable[[float], str]
NUMBERS = count(100)  # drafts of one reference are told of each other


def hide_point(cast: Any, x: float) -> None:
    """Register direct evidence of the authority, without an area."""
    sign = EvidenceInput(
        geometry=shapely.Point(x, MIDDLE), directness="direct", kind="item"
    )
    hide(cast, ReportInput(date_of_information=date(2024, 5, 1), evidence=(sign,)))


def hide_area(cast: Any, x: float, reference: str = SECRET) -> None:
    """Register an area of the authority that reaches 200 m to the east of ``x``."""
    shape = shapely.box(x - SIDE / 2, MIDDLE - SIDE, x + SIDE / 2, MIDDLE + SIDE)
    facts = {"kind": "sha", "status": "open", "geometry": shape, "name": "Old base"}
    day = date(2024, 5, 1)
    hide(cast, ReportInput(date_of_information=day, reference=reference, facts=facts))


def hide(cast: Any, item: ReportInput) -> None:
    owner = cast.organisations["laa"]
    where = Registration(owner, cast.countries["laos"], "", "made for tests")
    register_approved([item], where, by=system_actor("tests"))


def square(x: float) -> Any:
    return shapely.box(x, MIDDLE - SIDE / 2, x + SIDE, MIDDLE + SIDE / 2)


def by_api(client: Client, cast: Any, **facts: Any) -> Ask:
    """Return a question put by a draft over the API, and sent on its way."""

    def ask(x: float) -> str:
        stated = {"kind": "sha", "status": "open"} | facts
        body = {
            "organisation": str(cast.organisations["lao"].uid),
            "date_of_information": "2026-03-01",
            "reference": f"LA-{next(NUMBERS)}",
            "facts": stated | {"geometry": square(x).__geo_interface__},
        }
        made = client.post("/api/v1/reports", json.dumps(body), "application/json")
        assert made.status_code == 201, made.content
        url = f"/api/v1/reports/{made.json()['uid']}/submit"
        answer = client.post(url, "{}", "application/json")
        told = answer.json()
        return json.dumps([answer.status_code, told.get("detail"), told["findings"]])

    return ask


def by_page(client: Client, cast: Any, **facts: Any) -> Ask:
    """Return a question put by the form, the page of the draft and its submission."""

    def ask(x: float) -> str:
        drawn = shapely.to_geojson(square(x))
        stated = {"kind": "sha", "status": "open"} | facts
        stated["reference"] = f"XK-{next(NUMBERS)}"
        form = fields(outline__method="drawn", outline__drawn=drawn, **stated)
        assert client.post("/hazards/reports/new/", form).status_code == 302
        report = HazardReport.objects.latest("pk")
        url = f"/hazards/reports/{report.uid}/"
        draft = client.get(url)
        sent = client.post(f"{url}step/submit/", {})
        after = client.get(url)
        pages = [page.content.decode() for page in (draft, sent, after)]
        assert not any(SECRET in page for page in pages)
        report.refresh_from_db()
        told = [page.context["findings"] for page in (draft, after)]
        return json.dumps([*told, report.stage, sent.status_code])

    return ask


def edge(ask: Ask, low: float, high: float) -> float:
    """Return where the answer changes, found by halving: the attack itself."""
    known = ask(low)
    assert ask(high) != known, "the answer changes at all"
    for _n in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if ask(middle) == known else (low, middle)
    return high


@pytest.mark.parametrize(
    ("door", "hidden", "facts"),
    [
        (by_api, hide_area, {}),  # an overlap is shown
        (by_api, hide_point, {"kind": "cha"}),  # evidence lets it be confirmed
        (by_api, hide_point, {"status": "closed"}),  # or keeps it from being closed
        (by_page, hide_area, {}),
        (by_page, hide_point, {"kind": "cha"}),
    ],
)
def test_halving_finds_the_cell_and_nothing_finer(
    cast: Any, clients: Any, hidden: Any, facts: Any, door: Any
) -> None:
    found, client = [], clients["bounmy"]
    for x in PLACES:
        with transaction.atomic():
            hidden(cast, x)
            ask = door(client, cast, **facts)
            found.append(edge(ask, WEST - 0.02, x - SIDE / 2))
            transaction.set_rollback(True)
    assert found[0] == pytest.approx(found[1], abs=0.0004)
    # An area may lie in the cells around its own too.
    west = WEST - (EAST - WEST) * (hidden is hide_area)
    near = 60 / 100_000
    assert west - SIDE - near <= found[0] <= west


@pytest.mark.parametrize(
    ("door", "hidden", "facts"),
    [
        (by_api, hide_area, {}),
        (by_api, hide_point, {"kind": "cha"}),
        (by_api, hide_point, {"status": "closed"}),
        (by_page, hide_area, {"kind": "cha"}),
        (by_page, hide_point, {"kind": "cha"}),
        (by_page, hide_point, {"status": "released"}),
    ],
)
def test_no_draft_in_the_cell_tells_two_places_apart(
    cast: Any, clients: Any, hidden: Any, facts: Any, door: Any
) -> None:
    """At the hidden thing, beside it and far from it, the answers are the same."""
    answers, client = [], clients["bounmy"]
    for x in PLACES:
        with transaction.atomic():
            hidden(cast, x)
            ask = door(client, cast, **facts)
            asked = [ask(p - SIDE / 2) for p in (*PLACES, (WEST + EAST) / 2)]
            transaction.set_rollback(True)
        answers.append(asked)
        assert len(set(asked)) == 1
        assert str(MAY_OVERLAP) in asked[0]
        assert SECRET not in asked[0] and '"percent"' not in asked[0]
    assert answers[0] == answers[1]


def test_each_district_of_a_cell_is_kept_with_a_draft(cast: Any) -> None:
    """One of two districts may be open to a reader: the other is out of sight."""
    for number, x in enumerate((*PLACES, PLACES[1])):
        hide_area(cast, x, f"{SECRET}{number}")
    rows = HazardousArea.objects.order_by("pk")
    first, second, third = rows
    other = AdminArea.objects.get(code="laos-110")
    rows.filter(pk=first.pk).update(admin_area=other)
    found = recorded_in_cells(rows, square(PLACES[1]).bounds)
    areas = {pk: rows.get(pk=pk).admin_area for _model, pk in found}
    assert areas[first.pk] == other and len(areas) == 2
    assert {*areas} & {second.pk, third.pk}


def test_who_may_see_it_is_told_exactly(cast: Any, clients: Any) -> None:
    hide_area(cast, PLACES[0])
    by_api(clients["bounmy"], cast)(PLACES[0] - SIDE / 2)
    report = HazardReport.objects.latest("pk")
    shown = clients["noy"].get(f"/api/v1/reports/{report.uid}").json()["findings"]
    (overlap,) = [f for f in shown if f["rule"] == "overlap-shown"]
    assert overlap["values"]["reference"] == SECRET
    assert not [f for f in shown if f["rule"] == "recorded-nearby"]
    page = clients["noy"].get(f"/hazards/reports/{report.uid}/").content.decode()
    assert SECRET in page
    own = clients["bounmy"].get(f"/api/v1/reports/{report.uid}").json()["findings"]
    assert [f["rule"] for f in own] == ["recorded-nearby"]


def test_own_ground_is_told_to_its_organisation_as_before(
    cast: Any, clients: Any
) -> None:
    facts = {"kind": "sha", "status": "open", "geometry": square(PLACES[0])}
    day = date(2024, 5, 1)
    item = ReportInput(date_of_information=day, reference="OWN-1", facts=facts)
    where = Registration(
        cast.organisations["lao"], cast.countries["laos"], "", "made for tests"
    )
    register_approved([item], where, by=system_actor("tests"))
    said = by_api(clients["bounmy"], cast)(PLACES[0])
    assert "OWN-1" in said and str(MAY_OVERLAP) not in said


def step(client: Client, report: HazardReport, name: str) -> Any:
    url = f"/api/v1/reports/{report.uid}/{name}"
    return client.post(url, "{}", "application/json")


def test_who_does_not_see_what_decides_does_not_approve(
    cast: Any, clients: Any, client: Client
) -> None:
    """Whether the area is confirmed hangs on a sign that only the authority sees."""
    verbs = ["hazard.view", "hazard_report.*", "evidence.view"]
    cast.with_role("head", ("lao", "organisation", "exact", "view"), [])
    Role.objects.filter(code="test-head").update(verbs=verbs)
    client.force_login(cast.users["head"])
    hide_point(cast, PLACES[0])
    by_api(clients["bounmy"], cast, kind="cha")(PLACES[0] - SIDE / 2)
    report = HazardReport.objects.latest("pk")
    for person, name in (("keo", "check_operator"), ("vanh", "check_operations")):
        assert step(clients[person], report, name).status_code == 200
    refused = step(client, report, "approve")
    assert refused.status_code == 422, refused.content
    assert "records that your role does not open" in refused.json()["detail"]
    report.refresh_from_db()
    assert report.stage == stages.OPERATIONS_CHECKED
    assert step(clients["noy"], report, "approve").status_code == 200
