"""Reports, not edits: what is known of an accident and when it was known."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from safelane.accidents.actions import AccidentInput
from safelane.accidents.models import Accident
from safelane.accidents.tests.steps import (
    accident_as_of,
    approve,
    approve_report,
    approved,
    claims,
    create_report,
    draft,
    move_report,
    reject_report,
    report_queue,
    submit_report,
    update_report,
    victim,
    withdraw_report,
)
from safelane.core.errors import InvalidInput, NotPermitted, RuleBroken
from safelane.core.history.models import Change
from safelane.core.review import stages
from safelane.core.review.errors import (
    EmptyReport,
    NotADraft,
    OwnReport,
    ReferenceTaken,
    UnknownCode,
    UnknownFact,
)
from safelane.organisations.models import Membership

pytestmark = pytest.mark.django_db


def test_approval_registers_the_accident_with_area_and_nearest_place(cast, azerbaijan):
    assert azerbaijan.kind == "mine"
    assert azerbaijan.admin_area.code == "azerbaijan-100"
    assert azerbaijan.nearest_place.name == "Village azerbaijan-100"
    assert azerbaijan.nearest_place_m == pytest.approx(5_212, abs=1)
    assert 0 <= azerbaijan.nearest_place_bearing < 360
    assert azerbaijan.last_information == date(2025, 5, 2)


def test_the_bearing_leads_from_the_place_to_the_accident(clients, azerbaijan):
    """2.0 km east and 4.8 km south of the village: SSE, not NNW."""
    east = math.sin(math.radians(azerbaijan.nearest_place_bearing)) * 5_212
    north = math.cos(math.radians(azerbaijan.nearest_place_bearing)) * 5_212
    place = azerbaijan.nearest_place.geometry
    assert east == pytest.approx((47.1234 - place.x) * 86_000, abs=20)
    assert north == pytest.approx((39.4567 - place.y) * 111_000, abs=20)
    page = clients["aysel"].get(f"/accidents/{azerbaijan.uid}/").content.decode()
    assert "from Village azerbaijan-100, bearing 157°" in page


def test_nothing_is_known_before_approval(cast):
    report = submit_report(draft(cast, "azo", claims("A")), by=cast.actor("rauf"))
    assert report.stage == stages.SUBMITTED
    assert not Accident.objects.exists()


def test_newer_information_wins_and_older_fills_in(cast, azerbaijan):
    newer = claims(
        accident=azerbaijan, day=date(2025, 6, 1), kind="uxo", cause="dug_up"
    )
    approved(cast, "azo", newer)
    older = claims(
        accident=azerbaijan, day=date(2025, 5, 20), kind="ied", weather="rain"
    )
    found = approved(cast, "azo", older)
    assert (found.kind, found.cause, found.weather) == ("uxo", "dug_up", "rain")
    assert found.occurred_on == date(2025, 5, 1)


def test_what_was_known_at_a_past_moment_stays_answerable(cast, azerbaijan):
    before = timezone.now()
    approved(cast, "azo", claims(accident=azerbaijan, day=date(2025, 6, 1), kind="uxo"))
    today = date(2025, 7, 1)
    assert accident_as_of(azerbaijan, today, before).values["kind"] == "mine"
    assert accident_as_of(azerbaijan, today, timezone.now()).values["kind"] == "uxo"
    long_ago = before - timedelta(days=1)
    assert accident_as_of(azerbaijan, today, long_ago) is None


def test_withdrawn_report_leaves_what_is_known(cast, azerbaijan):
    report = azerbaijan.reports.get()
    moment = timezone.now()
    withdraw_report(report, "Reported twice.", by=cast.actor("aysel"))
    azerbaijan.refresh_from_db()
    assert azerbaijan.is_withdrawn
    assert not azerbaijan.victims.filter(is_current=True).exists()
    assert accident_as_of(azerbaijan, date(2025, 7, 1), moment).values["kind"] == "mine"


def test_later_report_replaces_the_victim_of_the_same_number(cast, azerbaijan):
    told = (victim(1, outcome="killed"), victim(2, sex="male", age=8))
    said = claims(accident=azerbaijan, day=date(2025, 6, 1), victims=told)
    approved(cast, "azo", said)
    current = azerbaijan.victims.filter(is_current=True).order_by("number")
    assert [(v.number, v.outcome, v.age_group) for v in current] == [
        (1, "killed", "age_18_39"),
        (2, "injured", "age_5_11"),
    ]
    assert azerbaijan.victims.count() == 3


def test_of_one_day_the_victim_approved_first_counts(cast, azerbaijan):
    told = (victim(1, outcome="killed"),)
    said = claims(accident=azerbaijan, day=date(2025, 5, 2), victims=told)
    approved(cast, "azo", said)
    assert azerbaijan.victims.get(is_current=True).outcome == "injured"


def test_author_does_not_approve_the_own_report(cast):
    manager = cast.actor("aysel")
    cast.with_role(
        "second", ("aza", "country", "exact", "approve"), ["accident_report"]
    )
    report = create_report(
        claims("A"), organisation=cast.organisations["aza"], by=manager
    )
    report = submit_report(report, by=manager)
    for step in (stages.CHECK_OPERATOR, stages.CHECK_OPERATIONS):
        report = move_report(report, step, by=manager)
    with pytest.raises(OwnReport):
        move_report(report, stages.APPROVE, by=manager)


def test_naming_another_district_gets_round_no_approver(cast, clients, azerbaijan):
    """It lies in the district of another approver, and stays there."""
    role = "aza", "country", "exact", "approve"
    user = cast.with_role("second", role, ["accident_report"])
    there, away = (
        azerbaijan.country.areas.get(code=f"azerbaijan-1{n}") for n in (0, 1)
    )
    Membership.objects.filter(user=user).update(area=there)
    said = replace(claims(accident=azerbaijan, stated_killed=0), admin_area=away)
    report = create_report(
        said, organisation=azerbaijan.organisation, by=cast.actor("aysel")
    )
    for step in ("submit", "check_operator", "check_operations", "approve"):
        url = f"/accidents/reports/{report.uid}/step/{step}/"
        answer = clients["aysel"].post(url)
    assert answer.status_code == 403
    azerbaijan.refresh_from_db()
    assert azerbaijan.stated_killed is None


def test_rejection_needs_a_reason_and_goes_back_to_the_author(cast):
    report = submit_report(draft(cast, "azo", claims("A")), by=cast.actor("rauf"))
    checker = cast.actor("gunay")
    assert list(report_queue(checker)) == [report]
    with pytest.raises(InvalidInput, match="reason"):
        reject_report(report, " ", by=checker)
    report = reject_report(report, "The day is missing.", by=checker)
    assert report.stage == stages.REJECTED
    assert move_report(report, stages.REWORK, by=cast.actor("rauf")).stage == "draft"


def test_only_a_draft_can_be_changed(cast):
    report = draft(cast, "azo", claims("A"))
    rauf = cast.actor("rauf")
    assert update_report(report, claims("A", kind="uxo"), by=rauf).kind == "uxo"
    submit_report(report, by=rauf)
    with pytest.raises(NotADraft):
        update_report(report, claims("A"), by=rauf)


def test_other_country_cannot_be_reported_on(cast, azerbaijan):
    with pytest.raises(NotPermitted):
        draft_for = claims(accident=azerbaijan, day=date(2025, 6, 1), kind="uxo")
        create_report(
            draft_for, organisation=cast.organisations["lao"], by=cast.actor("bounmy")
        )
    with pytest.raises(NotPermitted):
        create_report(
            claims("B"), organisation=cast.organisations["azo"], by=cast.actor("bounmy")
        )


@pytest.mark.parametrize("person", ["chan", "dara", "eve", "nobody"])
def test_readers_and_strangers_write_nothing(cast, person):
    with pytest.raises(Exception) as caught:
        create_report(
            claims("B"), organisation=cast.organisations["azo"], by=cast.actor(person)
        )
    assert caught.value.http_status in (401, 403)


def test_empty_unknown_and_taken_claims_are_refused(cast, azerbaijan):
    with pytest.raises(EmptyReport):
        draft(cast, "azo", AccidentInput(date_of_information=date(2025, 5, 1)))
    with pytest.raises(UnknownFact, match="colour"):
        draft(cast, "azo", claims("B", colour="red"))
    with pytest.raises(UnknownCode, match="dragon"):
        draft(cast, "azo", claims("B", kind="dragon"))
    with pytest.raises(UnknownCode, match="injuries"):
        draft(cast, "azo", claims("B", victims=(victim(injuries=("soul",)),)))
    with pytest.raises(ReferenceTaken):
        draft(cast, "azo", claims("AZ-ACC-1"))
    with pytest.raises(InvalidInput, match="twice"):
        draft(cast, "azo", claims("B", victims=(victim(1), victim(1))))


def test_rules_block_what_cannot_be(cast):
    told = (victim(1, outcome="killed"), victim(2, outcome="killed"))
    bad = claims("B", lon=39.4, lat=47.1, stated_killed=1, victims=told)
    with pytest.raises(RuleBroken) as caught:
        submit_report(draft(cast, "azo", bad), by=cast.actor("rauf"))
    rules = {finding["rule"] for finding in caught.value.details["findings"]}
    assert {"accident-inside-country", "accident-counts-agree"} == rules


@pytest.mark.parametrize(("age", "is_blocked"), [(115, False), (116, True)])
def test_nobody_is_older_than_the_limit(cast, age, is_blocked):
    report = draft(cast, "azo", claims("B", victims=(victim(age=age),)))
    if not is_blocked:
        assert submit_report(report, by=cast.actor("rauf")).findings == []
        return
    with pytest.raises(RuleBroken, match="nobody is 116 years old"):
        submit_report(report, by=cast.actor("rauf"))


def test_warnings_stay_on_the_report(cast):
    told = (victim(1, age=None, sex="unknown"),)
    report = submit_report(
        draft(cast, "azo", claims("B", victims=told)), by=cast.actor("rauf")
    )
    assert [f["rule"] for f in report.findings] == ["accident-victims-described"]
    assert report.pack_version.startswith("2026")


def test_every_step_is_in_the_history_and_names_no_victim(cast, azerbaijan):
    changes = Change.objects.filter(object_type="accident_report").order_by("seq")
    assert [c.verb.partition(".")[2] for c in changes] == [
        "create",
        "submit",
        "check_operator",
        "check_operations",
        "approve",
    ]
    assert not any("Leyla" in c.after + c.before for c in changes)


def test_second_approval_of_one_reference_is_refused(cast):
    first, second = (draft(cast, "azo", claims("B")) for _n in range(2))
    later, author = draft(cast, "azo", claims("B")), cast.actor("rauf")
    second = submit_report(second, by=author)
    second = move_report(second, stages.CHECK_OPERATOR, by=cast.actor("gunay"))
    second = move_report(second, stages.CHECK_OPERATIONS, by=cast.actor("farid"))
    approve(cast, "azo", first)
    with pytest.raises(ReferenceTaken, match="meantime"):
        approve_report(second, by=cast.actor("aysel"))
    with pytest.raises(ReferenceTaken, match="choose another"):
        submit_report(later, by=author)
