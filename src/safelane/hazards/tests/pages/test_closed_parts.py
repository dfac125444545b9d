"""Evidence, finds and boxes on a report's page, for roles that do not open them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from safelane.core.geo.entry.grid import box_holding
from safelane.core.scope import system_actor
from safelane.hazards.inputs import (
    BoxInput,
    EvidenceInput,
    OrdnanceInput,
    ReportInput,
)
from safelane.hazards.testing import area_at, create_report, submit_report
from safelane.organisations.actions import grant_membership
from safelane.organisations.models import Role
from safelane.organisations.testing import Cast

pytestmark = pytest.mark.django_db
READS = ["hazard_report.view", "hazard_report.report", "hazard.view"]
PARTS = ["evidence.view", "ordnance.view", "survey_box.view"]
POINT = area_at("laos").centroid
BOX = box_holding(POINT.x, POINT.y, 50)
CLOSED = "Not open to your role"
# As the page writes them, on the map, in the tables and in the findings.
SECRETS = ("103.1244", "19.3886", "submunition", "evidence 1")


@pytest.fixture
def report(cast: Cast) -> Any:
    """Return a submitted report with all parts, whose rules found something in them."""
    said = ReportInput(
        date_of_information=date(2025, 5, 2),
        reference="LA-7",
        facts={"kind": "sha", "status": "open", "geometry": area_at("laos")},
        evidence=(EvidenceInput(geometry=POINT, directness="direct", kind="item"),),
        ordnance=(OrdnanceInput(geometry=POINT, category="submunition", count=2),),
        boxes=(BoxInput(box=BOX, result="fragments"),),
    )
    home, by = cast.organisations["lao"], cast.actor("bounmy")
    return submit_report(create_report(said, organisation=home, by=by), by=by)


def reader(cast: Cast, verbs: list[str], **precision: str) -> Client:
    """Return a client of the authority's whose role opens this much."""
    user = cast.with_role("reader", None, [])
    role = Role.objects.create(
        code="some", name="some", reach="country", verbs=verbs, precision=precision
    )
    by = system_actor("tests")
    grant_membership(user, cast.organisations["laa"], role, by=by)
    client = Client()
    client.force_login(user)
    return client


def told(client: Client, report: Any) -> tuple[list[str], int]:
    """Return the secrets that page and endpoint tell, and how many parts are closed."""
    page = client.get(f"/hazards/reports/{report.uid}/")
    part = client.get(
        f"/hazards/reports/{report.uid}/", headers={"HX-Target": "review-detail"}
    )
    answers = [page, part]
    answers += [client.get(f"/api/v1/reports{of}") for of in ("", f"/{report.uid}")]
    assert {answer.status_code for answer in answers} == {200}
    text = " ".join(answer.content.decode() for answer in answers)
    secrets = (*SECRETS, report.boxes.get().grid_number)
    return [s for s in secrets if s in text], page.content.decode().count(CLOSED)


def test_who_reads_the_report_alone_reads_no_part(cast, report):
    assert told(reader(cast, READS), report) == ([], 3)


def test_parts_at_1_km_are_not_shown_exactly(cast, report):
    rough = dict.fromkeys(("evidence", "ordnance", "survey_box"), "cell")
    assert told(reader(cast, [*READS, *PARTS], **rough), report) == ([], 3)


def test_one_part_is_opened_by_its_own_verb(cast, report):
    client = reader(cast, [*READS, "ordnance.view"])
    page = client.get(f"/hazards/reports/{report.uid}/")
    assert page.context["ordnance"]
    assert not page.context["evidence"]
    assert page.content.decode().count(CLOSED) == 2


@pytest.mark.parametrize("who", ["bounmy", "keo", "vanh", "noy"])
def test_author_and_reviewers_read_all(clients, report, who):
    secrets, closed = told(clients[who], report)
    assert len(secrets) == 5
    assert closed == 0


def test_nobody_replaces_what_is_closed_to_them(cast, report):
    report.stage = "draft"
    report.save()
    client = reader(cast, READS)
    url = f"/hazards/reports/{report.uid}/edit/"
    for answer in (client.get(url), client.post(url, {})):
        assert answer.status_code == 403
        assert not [s for s in SECRETS if s in answer.content.decode()]
    body = {
        "organisation": str(report.organisation.uid),
        "date_of_information": "2025-05-02",
        "reference": "LA-7",
        "facts": {"kind": "sha"},
    }
    answer = client.put(f"/api/v1/reports/{report.uid}", body, "application/json")
    assert answer.status_code == 403
    assert report.evidence.exists()
