"""A second look is a look: rules and four eyes at approval, by one and by many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from django.db import transaction
from pyproj import Geod

from safelane.core.errors import NotPermitted, RuleBroken
from safelane.core.filters.reading import Moment
from safelane.core.geo.entry.grid import box_holding
from safelane.core.review import stages
from safelane.core.review.errors import OwnReport
from safelane.core.review.newrecords import Registration
from safelane.countries import load_pack
from safelane.countries.pack import Parameter
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import BoxInput, OrdnanceInput, PointInput, ReportInput
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.queries import areas_as_of
from safelane.hazards.testing import (
    approve_report,
    check_report_operations,
    check_report_operator,
    create_report,
    move_report,
    report_queue,
    submit_report,
    update_report,
    withdraw_report,
)
from safelane.hazards.tests.conftest import claims, later, square, submunition
from safelane.hazards.tests.steps import approved, area_from, checked, draft
from safelane.organisations import review

MAY, JULY, SEPTEMBER = date(2024, 5, 1), date(2024, 7, 1), date(2024, 9, 1)
FOUR_EYES_OFF = Parameter("four_eyes", False, "", "made for tests")
GULF_OF_GUINEA = shapely.Point(0, 0)
DAY = timedelta(days=1)


def confirmed_by_a_sign(field):
    """Return a report that confirms an area, and the other report with the sign."""
    sign = ReportInput(date_of_information=MAY, evidence=(submunition(),))
    found = approved(field, sign)
    return checked(field, claims(kind="cha")), found


def test_rules_are_asked_again_at_approval(field):
    report, found = confirmed_by_a_sign(field)
    withdraw_report(found, "Was a tin", by=field.manager)
    with pytest.raises(RuleBroken, match="direct evidence"):
        approve_report(report, by=field.manager)
    assert not HazardousArea.objects.exists()
    row = HazardReport.objects.get(pk=report.pk)
    assert (row.stage, row.approved_at) == (stages.OPERATIONS_CHECKED, None)


def test_many_at_once_ask_for_every_row(field):
    good = checked(field, claims("XK-2", geometry=square(103.6)))
    report, found = confirmed_by_a_sign(field)
    withdraw_report(found, "Was a tin", by=field.manager)
    with pytest.raises(RuleBroken), transaction.atomic():
        for row in (good, report):
            move_report(row, stages.APPROVE, by=field.manager)
    assert not HazardousArea.objects.exists()


def test_the_author_is_who_wrote_it_not_who_moved_it_last(field):
    own = create_report(claims(), organisation=field.authority, by=field.manager)
    own = submit_report(own, by=field.manager)
    own = check_report_operator(own, by=field.other_manager)
    own = check_report_operations(own, by=field.other_manager)
    with pytest.raises(OwnReport):
        approve_report(own, by=field.manager)
    assert own not in report_queue(field.manager)
    # Who moved it on last did not write it, and may approve.
    assert own in report_queue(field.other_manager)
    assert approve_report(own, by=field.other_manager).stage == stages.APPROVED


def test_who_changes_a_draft_wrote_it_too(field):
    report = draft(field, claims())
    update_report(report, claims(name="Corrected"), by=field.manager)
    report = submit_report(report, by=field.bounmy)
    report = check_report_operator(report, by=field.checker)
    report = check_report_operations(report, by=field.operations)
    with pytest.raises(OwnReport):
        approve_report(report, by=field.manager)
    assert approve_report(report, by=field.other_manager).stage == stages.APPROVED


def test_where_four_eyes_are_not_wanted_authors_find_and_approve_their_own(
    field, monkeypatch
):
    alone = replace(load_pack("laos"), parameters=(FOUR_EYES_OFF,))
    monkeypatch.setattr(review, "pack_of", lambda _country: alone)
    own = create_report(claims(), organisation=field.authority, by=field.manager)
    own = submit_report(own, by=field.manager)
    own = check_report_operator(own, by=field.manager)
    own = check_report_operations(own, by=field.manager)
    assert own in report_queue(field.manager)
    assert approve_report(own, by=field.manager).stage == stages.APPROVED


@pytest.fixture
def closed_since(field):
    """Return an area: open in May, worked on from July, closed from September."""
    hazard = area_from(field, claims(day=MAY))
    approved(field, later(hazard, JULY, status="worked_on"))
    approved(field, later(hazard, SEPTEMBER, status="closed"))
    return hazard


@pytest.mark.parametrize(
    ("day", "status", "stands"),
    [
        # Only a closed area is released, and it was closed in September.
        (SEPTEMBER - DAY, "released", False),
        (SEPTEMBER, "released", True),
        (SEPTEMBER + DAY, "released", True),
        # A closed area is not suspended; on the days before it was open.
        (JULY - DAY, "suspended", True),
        (JULY, "suspended", True),
        (SEPTEMBER + DAY, "suspended", False),
    ],
)
def test_a_late_report_is_judged_by_the_state_of_its_own_day(
    field, closed_since, day, status, stands
):
    report = draft(field, later(closed_since, day, status=status))
    if stands:
        assert submit_report(report, by=field.bounmy).stage == stages.SUBMITTED
        return
    with pytest.raises(RuleBroken, match="cannot change"):
        submit_report(report, by=field.bounmy)


def test_what_is_closed_is_not_closed_again_by_later_approvals(field, closed_since):
    before = dict(
        HazardPeriod.objects.exclude(known_to=None).values_list("pk", "known_to")
    )
    assert before
    approved(field, later(closed_since, MAY + DAY, priority="low"))
    approved(field, later(closed_since, SEPTEMBER + DAY, priority="high"))
    after = dict(
        HazardPeriod.objects.filter(pk__in=before).values_list("pk", "known_to")
    )
    assert after == before


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (JULY - DAY, "open"),
        (JULY, "worked_on"),
        (JULY + DAY, "worked_on"),
        (SEPTEMBER - DAY, "worked_on"),
        (SEPTEMBER, "closed"),
    ],
)
def test_one_state_holds_on_the_day_of_a_change(field, closed_since, day, status):
    assert [row.status for row in areas_as_of(field.manager, Moment(day))] == [status]


def test_evidence_far_from_the_area_that_it_confirms_is_an_error(field):
    near, far = submunition(103.201, 19.401), submunition(103.5, 19.5)  # 33 km
    for sign, stands in ((near, True), (far, False)):
        told = replace(claims("XK-7", kind="cha"), evidence=(sign,))
        report = draft(field, told)
        if stands:
            assert submit_report(report, by=field.bounmy)
            continue
        with pytest.raises(RuleBroken, match="lies 3[0-9],[0-9]{3} m from the area"):
            submit_report(report, by=field.bounmy)


@pytest.mark.parametrize(
    ("metres", "blocked"), [(990, False), (999.9, False), (1000.6, True)]
)
def test_the_distance_of_confirming_evidence_at_its_limit(field, metres, blocked):
    """The rule allows 1,000 m; the sign lies due east of the polygon's edge."""
    east, middle = 103.202, 19.401
    lon, lat, _back = Geod(ellps="WGS84").fwd(east, middle, 90, metres)
    signs = (submunition(), submunition(lon, lat))
    report = draft(field, replace(claims(kind="cha"), evidence=signs))
    if blocked:
        with pytest.raises(RuleBroken, match="at most 1000 m"):
            submit_report(report, by=field.bounmy)
    else:
        assert submit_report(report, by=field.bounmy).stage == stages.SUBMITTED


def odd_rows():
    """Yield what no door takes, however it comes in."""
    sign, day = submunition(), MAY
    item = OrdnanceInput(geometry=GULF_OF_GUINEA, category="submunition")
    point = PointInput(order=1, kind="start_point", geometry=GULF_OF_GUINEA)
    away = replace(sign, geometry=GULF_OF_GUINEA)
    future = date(2124, 5, 1)
    yield "evidence abroad", ReportInput(date_of_information=day, evidence=(away,))
    yield "find abroad", ReportInput(date_of_information=day, ordnance=(item,))
    yield "area abroad", claims(geometry=square(0.0, 0.0))
    yield "point abroad", replace(claims(), points=(point,))
    yield "area of 2124", claims(day=future)
    yield "find of 2124", ReportInput(date_of_information=future, evidence=(sign,))
    old = date(1899, 12, 31)
    yield "area of 1899", claims(day=old)
    later_found = replace(sign, found_on=day + DAY)
    late = ReportInput(date_of_information=day, evidence=(later_found,))
    yield "found after it was reported", late
    box = BoxInput(box=box_holding(0.0, 0.0, 50), result="nothing_found")
    yield "box abroad", ReportInput(date_of_information=day, boxes=(box,))


@pytest.mark.parametrize(("name", "item"), list(odd_rows()), ids=lambda v: str(v)[:30])
@pytest.mark.parametrize("way", ["one", "many"])
def test_nothing_comes_in_unjudged(field, name, item, way):
    if way == "one":
        with pytest.raises(RuleBroken):
            submit_report(draft(field, item), by=field.bounmy)
        return
    where = Registration(field.authority, field.country, "b1", "Register of 2023")
    fine = [claims(f"XK-{n}", geometry=square(103.3 + n / 50)) for n in range(3)]
    rows = [*fine, replace(item, external_id="row-7")]
    with pytest.raises(RuleBroken, match="row-7"), transaction.atomic():
        register_approved(rows, where, by=field.manager)
    assert not HazardReport.objects.exists()


def test_a_verdict_on_another_row_is_no_verdict(field):
    """What was judged cannot be swapped for what was not."""
    where = Registration(field.authority, field.country, "b1", "Register of 2023")
    judge = Judge(field.country, field.authority, by=field.manager, lenient=True)
    (good,) = judge.judge([claims()])
    swapped = replace(good, facts=claims(geometry=square(0.0, 0.0)).facts)
    refused = pytest.raises(RuleBroken, match="outside the country")
    with refused, transaction.atomic():
        register_approved([swapped], where, by=field.manager)


def test_a_reader_cannot_take_over(field):
    where = Registration(field.operator, field.country, "b1", "Register of 2023")
    with pytest.raises(NotPermitted):
        register_approved([claims()], where, by=field.bounmy)
