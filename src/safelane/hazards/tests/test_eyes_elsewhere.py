"""Four eyes where a report says that its area lies elsewhere."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from shapely.affinity import translate
from shapely.geometry import mapping

from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.hazards.actions import register_approved
from safelane.hazards.models import HazardousArea
from safelane.hazards.testing import area_at, register_area
from safelane.hazards.tests.conftest import later
from safelane.organisations.models import Membership

pytestmark = pytest.mark.django_db
STEPS = "submit", "check_operator", "check_operations"
DISTRICT = 0.2  # degrees


@pytest.fixture
def hazard(cast) -> HazardousArea:
    """Return an area in a district in which somebody beside Noy approves."""
    found = register_area(cast, "laos", "LA-1", owner="laa")
    role = "laa", "country", "exact", "approve"
    user = cast.with_role("district", role, ["hazard_report"])
    Membership.objects.filter(user=user).update(area=found.admin_area.parent)
    return found


def approved_alone(client: Client, hazard: HazardousArea, **facts: Any) -> int:
    """Report on an area, take all steps alone, and return how the last one ends."""
    body = {
        "organisation": str(hazard.organisation.uid),
        "hazard": str(hazard.uid),
        "date_of_information": "2024-07-01",
        "facts": facts,
    }
    made = client.post("/api/v1/reports", json.dumps(body), "application/json")
    url = f"/api/v1/reports/{made.json()['uid']}"
    for step in STEPS:
        assert client.post(f"{url}/{step}", "{}", "application/json").status_code == 200
    answer: Any = client.post(f"{url}/approve", "{}", "application/json")
    return answer.status_code


def test_no_approver_is_got_round_by_an_outline_elsewhere(clients, hazard):
    there = mapping(translate(area_at("laos"), DISTRICT))
    told = {"status": "worked_on", "geometry": there}
    assert approved_alone(clients["noy"], hazard, **told) == 403
    hazard.refresh_from_db()
    assert (hazard.status, hazard.admin_area.code) == ("open", "laos-100")


def test_where_an_area_once_lay_its_approver_is_still_wanted(cast, clients, hazard):
    gone = later(
        hazard, date(2024, 6, 1), geometry=translate(hazard.geometry, DISTRICT)
    )
    where = Registration(hazard.organisation, hazard.country, "", "made for tests")
    register_approved([gone], where, by=system_actor("tests"))
    hazard.refresh_from_db()
    assert hazard.admin_area.code == "laos-110"
    assert approved_alone(clients["noy"], hazard, status="worked_on") == 403


def test_an_approver_of_another_district_holds_up_nobody(cast, clients, hazard):
    other = cast.countries["laos"].areas.get(code="laos-11")
    Membership.objects.filter(user=cast.users["district"]).update(area=other)
    assert approved_alone(clients["noy"], hazard, status="worked_on") == 200
