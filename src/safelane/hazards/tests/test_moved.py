"""An area that moved to another district: who sees what of it, through the doors."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from safelane.core.review.queries import findings_of
from safelane.core.scope import system_actor
from safelane.hazards.actions import REPORTS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea
from safelane.hazards.testing import create_report, register_area
from safelane.hazards.tests.test_then import (
    MOVED,
    SEPTEMBER,
    features,
    in_tiles,
    report_on,
)
from safelane.organisations.actions import create_user, grant_membership
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, Role, User
from safelane.organisations.queries import actor_for_user

BEFORE, AFTER = date(2024, 8, 31), SEPTEMBER


def client_of(cast: Any, name: str, district: str) -> Client:
    """Return somebody signed in who sees one district exactly."""
    by = system_actor("tests")
    user = create_user(name, name.title(), by=by)
    role = Role.objects.get(code="information_manager")
    area = AdminArea.objects.get(code=district)
    grant_membership(user, cast.organisations["laa"], role, Term(area=area), by=by)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def moved(cast: Any) -> HazardousArea:
    hazard = register_area(cast, "laos", "L-1")
    report_on(cast, hazard, SEPTEMBER, geometry=MOVED)
    return HazardousArea.objects.get(pk=hazard.pk)


def sees(client: Client, hazard: HazardousArea, day: date | None) -> list[bool]:
    """Return whether each door shows the area on a day: all must agree."""
    query = urlencode({"as_of": day}) if day else ""
    page = client.get(f"/hazards/{hazard.uid}/?{query}")
    shown = page.status_code == 200 and not page.context["missing"]
    listed = client.get(f"/hazards/?{query}").context["rows"]
    one = client.get(f"/api/v1/hazards/{hazard.uid}?{query}")
    many = client.get(f"/api/v1/hazards?{query}").json()["items"]
    return [
        shown,
        bool(listed),
        one.status_code == 200,
        bool(many),
        bool(features(client, "hazardous-areas", query)),
        bool(in_tiles(client, "hazardous-areas", query)),
    ]


@pytest.mark.parametrize(
    ("district", "before", "after"),
    [("laos-10", True, False), ("laos-11", False, True), ("laos-1", True, True)],
)
def test_each_district_sees_the_time_in_which_the_area_lay_there(
    moved: HazardousArea, cast: Any, district: str, before: bool, after: bool
) -> None:
    client = client_of(cast, "mai", district)
    assert sees(client, moved, BEFORE) == [before] * 6
    assert sees(client, moved, AFTER) == [after] * 6
    assert sees(client, moved, None) == [after] * 6


def test_where_it_went_is_not_told(moved: HazardousArea, cast: Any) -> None:
    client = client_of(cast, "mai", "laos-10")
    page = client.get(f"/hazards/{moved.uid}/?as_of={BEFORE}").content.decode()
    west = f"{MOVED.bounds[0]:.3f}"
    assert "Area laos-100" in page
    assert "laos-11" not in page and west not in page
    assert client.get(f"/hazards/{moved.uid}/").status_code == 404


def test_what_was_elsewhere_is_not_called_unknown(
    moved: HazardousArea, cast: Any
) -> None:
    client = client_of(cast, "mai", "laos-11")
    page = client.get(f"/hazards/{moved.uid}/?as_of={BEFORE}").content.decode()
    assert "not open to your role" in page
    assert "Nothing was known" not in page
    assert "laos-10" not in page
    answer = client.get(f"/api/v1/hazards/{moved.uid}?as_of={BEFORE}")
    assert answer.status_code == 404 and "not open" in answer.content.decode()
    sheet = client.get(f"/hazards/{moved.uid}/sheet.pdf?as_of={BEFORE}")
    assert sheet.status_code == 404 and "not open" in sheet.content.decode()
    early = client.get(f"/hazards/{moved.uid}/?as_of=2020-01-01").content.decode()
    assert "Nothing was known" in early
    sheet = client.get(f"/hazards/{moved.uid}/sheet.pdf?as_of=2020-01-01")
    assert sheet.status_code == 404 and "Nothing was known" in sheet.content.decode()


@pytest.mark.parametrize(
    ("district", "is_told"), [("laos-11", False), ("laos-1", True)]
)
def test_a_report_does_not_tell_where_the_area_lay_before(
    moved: HazardousArea, cast: Any, district: str, is_told: bool
) -> None:
    """Who may read all reports on it, and see areas of one district only."""
    client = client_of(cast, "mai", district)
    verbs = ["hazard_report.view"]
    role = Role.objects.create(code="some", name="some", reach="country", verbs=verbs)
    user = User.objects.get(username="mai")
    home, by = cast.organisations["laa"], system_actor("tests")
    grant_membership(user, home, role, by=by)
    report = moved.reports.get(date_of_information=SEPTEMBER)
    page = client.get(f"/hazards/reports/{report.uid}/")
    layers = {layer["kind"]: layer for layer in page.context["map"]["layers"]}
    (before,) = layers["shape"]["data"]["features"]
    assert page.context["hazard"] == moved
    assert (before["geometry"] is not None) is is_told


@pytest.mark.parametrize(
    ("district", "is_told"), [("laos-11", False), ("laos-1", True)]
)
def test_rules_do_not_answer_for_days_that_are_closed(
    moved: HazardousArea, cast: Any, district: str, is_told: bool
) -> None:
    """A draft a day with an outline of one's own would tell what held before."""
    client_of(cast, "mai", district)
    by = actor_for_user(User.objects.get(username="mai"))
    facts = {"status": "released", "geometry": MOVED}
    day, home = date(2024, 5, 1), cast.organisations["laa"]
    said = ReportInput(date_of_information=day, hazard=moved, facts=facts)
    report = create_report(said, organisation=home, by=by)
    told = {finding["rule"] for finding in findings_of(REPORTS, report, by)}
    assert ({"same-day", "status-transition"} <= told) is is_told
    assert told.isdisjoint({"same-day", "status-transition"}) is not is_told
