"""Moments of knowledge never run backwards, at the door where approvals get theirs."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from safelane.core.filters.reading import Moment
from safelane.core.health.contents import clock
from safelane.core.history.models import Change
from safelane.hazards import testing as actions
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardPeriod
from safelane.hazards.queries import areas_as_of
from safelane.hazards.testing import register_area

pytestmark = pytest.mark.django_db
STEPS = ("bounmy", "keo", "vanh", "noy")
BACK = timedelta(days=40)


def approve(cast, area, name):
    said = ReportInput(
        date_of_information=date(2025, 3, 1), hazard=area, facts={"name": name}
    )
    home, (author, checker, operations, manager) = (
        cast.organisations["lao"],
        [cast.actor(name) for name in STEPS],
    )
    report = actions.create_report(said, organisation=home, by=author)
    report = actions.submit_report(report, by=author)
    report = actions.check_report_operator(report, by=checker)
    report = actions.check_report_operations(report, by=operations)
    return actions.approve_report(report, by=manager)


def set_back(monkeypatch):
    now = timezone.now

    monkeypatch.setattr(timezone, "now", lambda: now() - BACK)


def test_an_approval_after_the_clock_was_set_back_comes_after_the_one_before(
    cast, monkeypatch
):
    area = register_area(cast, "laos", "LA-1")
    before = approve(cast, area, "Before")
    known = before.approved_at
    set_back(monkeypatch)
    after = approve(cast, area, "After")
    assert after.approved_at > known
    times = list(Change.objects.order_by("pk").values_list("server_time", flat=True))
    assert times == sorted(times)
    # What was known at the moment of the first approval can still be found,
    (period,) = areas_as_of(cast.actor("noy"), Moment(date(2025, 4, 1), known))
    assert period.name == "Before"
    # and what is known now is the last approval, though the clock is behind it.
    (period,) = areas_as_of(cast.actor("noy"), Moment(date(2025, 4, 1)))
    assert period.name == "Before"  # of one day, the first approved settles a fact
    assert not HazardPeriod.objects.filter(known_from__lt=area.created_at - BACK / 2)


def test_a_bulk_registration_after_the_clock_was_set_back_comes_later(
    cast, monkeypatch
):
    register_area(cast, "laos", "LA-1")
    newest = Change.objects.latest("pk").server_time
    set_back(monkeypatch)
    area = register_area(cast, "laos", "LA-2")
    assert area.periods.get().known_from > newest


def test_doctor_warns_of_a_clock_behind_the_newest_change(cast, monkeypatch):
    (well,) = clock()
    assert well.state == "ok"
    set_back(monkeypatch)
    (found,) = clock()
    assert found.state == "fault"
    assert "moments go on" in found.text
