"""What did we know, and when did we know it? (DOMAIN: date of information)"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from safelane.core.filters.reading import Moment
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import areas_as_of, state_of
from safelane.hazards.testing import withdraw_report
from safelane.hazards.tests.conftest import claims, later, square, submunition
from safelane.hazards.tests.steps import approved, area_from

MAY, JULY, SEPTEMBER = date(2024, 5, 1), date(2024, 7, 1), date(2024, 9, 1)


@pytest.fixture
def hazard(field):
    first = replace(claims(day=JULY, priority="high"), evidence=(submunition(),))
    return area_from(field, first)


def fresh(hazard):
    return HazardousArea.objects.get(pk=hazard.pk)


def test_a_newer_report_changes_what_it_states_and_leaves_the_rest(field, hazard):
    approved(field, later(hazard, SEPTEMBER, kind="cha"))
    now = fresh(hazard)
    assert (now.kind, now.priority) == ("cha", "high")
    assert now.last_information == SEPTEMBER


def test_a_later_entered_older_report_does_not_overwrite(field, hazard):
    approved(field, later(hazard, MAY, priority="low", geometry=square(side=0.01)))
    now = fresh(hazard)
    assert now.priority == "high"
    assert now.geometry.equals(square())
    assert now.last_information == JULY


def test_an_older_report_tells_what_was_true_before(field, hazard):
    approved(field, later(hazard, MAY, priority="low"))
    before = state_of(hazard, field.manager, on=date(2024, 6, 1))
    assert before is not None
    assert before.priority == "low"
    assert before.kind == ""


def test_a_report_of_the_same_date_does_not_change_the_summary(field, hazard):
    approved(field, later(hazard, JULY, priority="low"))
    assert fresh(hazard).priority == "high"


def test_a_report_of_the_same_date_may_add_what_nobody_stated(field, hazard):
    approved(field, later(hazard, JULY, terrain="flat"))
    assert fresh(hazard).terrain == "flat"


def test_a_report_waiting_for_approval_changes_nothing(field, hazard):
    from safelane.hazards.tests.steps import checked

    checked(field, later(hazard, SEPTEMBER, priority="low"))
    assert fresh(hazard).priority == "high"


def test_what_we_knew_then_stays_what_we_knew_then(field, hazard):
    before_approval = timezone.now()
    approved(field, later(hazard, SEPTEMBER, priority="low"))
    today = timezone.localdate()
    then = state_of(hazard, field.manager, on=today, known_at=before_approval)
    now = state_of(hazard, field.manager, on=today)
    assert then is not None and then.priority == "high"
    assert now is not None and now.priority == "low"
    summer = state_of(hazard, field.manager, on=date(2024, 8, 1))
    assert summer is not None and summer.priority == "high"


def test_at_the_very_moment_of_a_change_one_state_is_known(field, hazard):
    """An approval counts from its moment on, and a withdrawal does."""
    report = approved(field, later(hazard, SEPTEMBER, priority="low"))
    withdrawn = withdraw_report(report, "Wrong area", by=field.manager)
    for moment, priority in (
        (report.approved_at - timedelta(microseconds=1), "high"),
        (report.approved_at, "low"),
        (withdrawn.withdrawn_at - timedelta(microseconds=1), "low"),
        (withdrawn.withdrawn_at, "high"),
    ):
        (period,) = areas_as_of(field.manager, Moment(SEPTEMBER, moment))
        assert period.priority == priority, moment


def test_before_the_first_information_there_was_no_area(field, hazard):
    assert state_of(hazard, field.manager, on=date(2024, 6, 30)) is None
    assert state_of(hazard, field.manager, on=JULY) is not None


def test_the_whole_register_at_a_past_date(field, hazard):
    area_from(field, claims("XK-2", SEPTEMBER, geometry=square(103.4)))
    on = date(2024, 8, 1)
    assert [p.hazard.reference for p in areas_as_of(field.manager, Moment(on))] == [
        "XK-1"
    ]
    assert areas_as_of(field.manager, Moment(SEPTEMBER)).count() == 2


def test_withdrawing_a_report_brings_the_earlier_state_back(field, hazard):
    report = approved(field, later(hazard, SEPTEMBER, priority="low"))
    known = timezone.now()
    withdraw_report(report, "Wrong area", by=field.manager)
    assert fresh(hazard).priority == "high"
    then = state_of(hazard, field.manager, known_at=known)
    assert then is not None and then.priority == "low"


def test_a_retracted_fact_becomes_unknown(field, hazard):
    unknown = replace(later(hazard, SEPTEMBER), retracts=("priority",))
    approved(field, unknown)
    assert fresh(hazard).priority == ""


def test_a_polygon_brings_its_own_area_and_text(field, hazard):
    typed = later(
        hazard,
        SEPTEMBER,
        geometry=square(side=0.001),
        geometry_crs="EPSG:32648",
        geometry_text="48Q 0200000 2140000",
    )
    approved(field, typed)
    approved(
        field, later(hazard, SEPTEMBER + timedelta(9), geometry=square(side=0.003))
    )
    now = fresh(hazard)
    assert now.geometry_text == ""
    assert now.area_m2 == pytest.approx(9 * 11_700, rel=0.02)


def test_periods_are_closed_not_changed(field, hazard):
    approved(field, later(hazard, SEPTEMBER, priority="low"))
    open_ends = HazardPeriod.objects.filter(known_to__isnull=True)
    assert open_ends.count() == 2
    closed = HazardPeriod.objects.get(known_to__isnull=False)
    assert (closed.valid_from, closed.valid_to) == (JULY, None)


def test_every_fact_names_the_report_it_comes_from(field, hazard):
    report = approved(field, later(hazard, SEPTEMBER, priority="low"))
    period = state_of(hazard, field.manager)
    assert period is not None
    assert period.sources["priority"] == report.pk
    assert period.sources["kind"] != report.pk


def test_a_period_that_is_closed_is_not_closed_again(field, hazard):
    approved(field, later(hazard, SEPTEMBER, priority="low"))
    first = HazardPeriod.objects.get(known_to__isnull=False)
    closed_at = first.known_to
    approved(field, later(hazard, SEPTEMBER + timedelta(1), priority="medium"))
    approved(field, later(hazard, MAY, terrain="flat"))
    first.refresh_from_db()
    assert first.known_to == closed_at
    closed = HazardPeriod.objects.filter(known_to__isnull=False)
    assert closed.values("known_to").distinct().count() == 3


@pytest.mark.parametrize("late", [False, True])
def test_on_the_day_of_change_one_state_holds(field, hazard, late):
    """On the day, the day before and after; also where the change came in late."""
    days = (SEPTEMBER, SEPTEMBER + timedelta(9))
    for day in reversed(days) if late else days:
        approved(field, later(hazard, day, priority="low"))
    for day in (JULY, *days):
        for shift in (-1, 0, 1):
            asked = day + timedelta(shift)
            held = areas_as_of(field.manager, Moment(asked)).filter(hazard=hazard)
            assert held.count() == (asked >= JULY), asked
    before, on = (
        state_of(hazard, field.manager, SEPTEMBER + timedelta(n)) for n in (-1, 0)
    )
    assert (before.priority, on.priority) == ("high", "low")
