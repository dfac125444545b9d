"""Whose own report waits for somebody else, by who could ever approve it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from safelane.countries import load_pack
from safelane.countries.pack import Parameter
from safelane.hazards.models import HazardReport
from safelane.hazards.testing import create_report
from safelane.hazards.tests.conftest import claims
from safelane.organisations import review
from safelane.organisations.models import Membership
from safelane.organisations.review import for_other_eyes

pytestmark = pytest.mark.django_db
VERB = "hazard_report.approve"


@pytest.fixture
def report(cast):
    """Return Aysel's own report; she alone approves in her country so far."""
    made = create_report(
        claims("AZ-1", geometry=None),
        organisation=cast.organisations["azo"],
        by=cast.actor("aysel"),
    )
    area = cast.countries["azerbaijan"].areas.filter(level=2).first()
    HazardReport.objects.filter(pk=made.pk).update(admin_area=area)
    return HazardReport.objects.get(pk=made.pk)


def waits(cast, report, verb=VERB) -> bool:
    author = cast.users["aysel"].pk
    lies_in = report.admin_area.path if report.admin_area else ""
    return for_other_eyes({report: {lies_in}}, verb, author) == {report.pk}


def second(cast, home, reach, verb="hazard_report"):
    return cast.with_role("second", (home, reach, "exact", "approve"), [verb])


def test_the_only_approver_of_a_country_approves_the_own(cast, report):
    assert not waits(cast, report)  # Noy approves in Laos only.


@pytest.mark.parametrize(
    ("home", "reach", "expected"),
    [
        ("aza", "country", True),
        ("laa", "country", False),
        ("laa", "all", True),
        ("azo", "organisation", True),
        ("aza", "organisation", False),
    ],
)
def test_another_counts_where_the_role_reaches_the_report(
    cast, report, home, reach, expected
):
    second(cast, home, reach)
    assert waits(cast, report) is expected
    assert not waits(cast, report, "accident_report.approve")


def test_once_there_was_another_it_stays_so(cast, report):
    """Or one approver ends the role of the other, approves, and gives it back."""
    user = second(cast, "aza", "country")
    yesterday = date.today() - timedelta(days=1)
    Membership.objects.filter(user=user).update(starts=yesterday, ends=yesterday)
    user.is_active = False
    user.save()
    assert waits(cast, report)


@pytest.mark.parametrize("same", [True, False])
def test_an_approver_of_one_area_counts_within_it(cast, report, same):
    user = second(cast, "aza", "country")
    areas = cast.countries["azerbaijan"].areas.filter(level=2)
    there = report.admin_area if same else areas.exclude(pk=report.admin_area_id)[0]
    Membership.objects.filter(user=user).update(area=there)
    assert waits(cast, report) is same
    report.admin_area = None
    assert not waits(cast, report)


def test_a_country_that_wants_no_four_eyes_holds_up_nobody(cast, report, monkeypatch):
    second(cast, "aza", "country")
    wants_none = load_pack("azerbaijan")
    parameters = (Parameter("four_eyes", False, "", "made for tests"),)
    wants_none = replace(wants_none, parameters=parameters)
    monkeypatch.setattr(review, "pack_of", lambda _country: wants_none)
    assert not waits(cast, report)


def test_a_role_of_an_organisation_counts_in_any_country(cast, report):
    second(cast, "azo", "organisation")
    report.country = cast.countries["laos"]
    assert waits(cast, report)
