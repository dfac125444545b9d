"""Draft, submitted, operator, operations, information management."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from safelane.core.errors import Conflict, InvalidInput, NotPermitted, RuleBroken
from safelane.core.history.chain import verify
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
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import Evidence, HazardousArea, HazardReport
from safelane.hazards.testing import (
    approve_report,
    check_report_operator,
    create_report,
    move_report,
    own_reports,
    reject_report,
    report_queue,
    rework_report,
    submit_report,
    update_report,
    withdraw_report,
)
from safelane.hazards.tests.conftest import claims, submunition
from safelane.hazards.tests.steps import approved, area_from, checked, draft


def test_an_approved_report_creates_the_area_it_proposes(field):
    hazard = area_from(field, claims(name="Ban Na"))
    assert (hazard.reference, hazard.kind, hazard.name) == ("XK-1", "sha", "Ban Na")
    assert hazard.organisation == field.operator
    assert hazard.admin_area.name == "Xiangkhouang"
    assert hazard.area_m2 == pytest.approx(46_800, rel=0.02)
    assert hazard.last_information == date(2024, 5, 1)


def test_before_approval_there_is_no_area(field):
    checked(field, claims())
    assert not HazardousArea.objects.exists()


def test_every_step_is_written_into_a_chain_that_holds(field):
    approved(field, claims())
    verbs = list(
        Change.objects.filter(object_type="hazard_report")
        .order_by("seq")
        .values_list("verb", "actor_name", "role")
    )
    assert verbs == [
        ("hazard_report.create", "Bounmy", "team_leader"),
        ("hazard_report.submit", "Bounmy", "team_leader"),
        ("hazard_report.check_operator", "Checker", "operator_checker"),
        ("hazard_report.check_operations", "Operations", "operations_officer"),
        ("hazard_report.approve", "Manager", "information_manager"),
    ]
    assert verify().holds


def test_the_history_holds_the_polygon(field):
    report = draft(field, claims())
    change = Change.objects.get(verb="hazard_report.create")
    assert json.loads(change.after)["geometry"] == report.geometry.wkb_hex


@pytest.mark.parametrize("who", ["bounmy", "operations", "manager", "reader"])
def test_the_operator_check_belongs_to_the_operator(field, who):
    report = submit_report(draft(field, claims()), by=field.bounmy)
    if who == "manager":  # may do every step in the country
        assert check_report_operator(report, by=field.manager)
        return
    with pytest.raises(NotPermitted):
        check_report_operator(report, by=getattr(field, who))


def test_steps_cannot_be_skipped(field):
    report = submit_report(draft(field, claims()), by=field.bounmy)
    with pytest.raises(Conflict):
        approve_report(report, by=field.manager)


def test_a_second_approval_is_a_conflict_not_a_second_area(field):
    report = checked(field, claims())
    approve_report(report, by=field.manager)
    with pytest.raises(Conflict):
        approve_report(report, by=field.other_manager)
    assert HazardousArea.objects.count() == 1


def test_nobody_approves_their_own_report(field):
    report = create_report(claims(), organisation=field.authority, by=field.manager)
    report = submit_report(report, by=field.manager)
    report = check_report_operator(report, by=field.manager)
    report = move_report(report, stages.CHECK_OPERATIONS, by=field.manager)
    with pytest.raises(OwnReport):
        approve_report(report, by=field.manager)
    assert approve_report(report, by=field.other_manager).stage == stages.APPROVED


def test_a_rejection_needs_a_reason_and_comes_back_to_the_author(field):
    report = submit_report(draft(field, claims()), by=field.bounmy)
    with pytest.raises(InvalidInput):
        reject_report(report, " ", by=field.checker)
    reject_report(report, "Where is the start point?", by=field.checker)
    back = own_reports(field.bounmy, stages.REJECTED).get()
    assert back.reason == "Where is the start point?"
    back = rework_report(back, by=field.bounmy)
    assert submit_report(back, by=field.bounmy).stage == stages.SUBMITTED


def test_only_a_draft_can_be_changed(field):
    report = draft(field, claims())
    update_report(report, claims(name="Corrected"), by=field.bounmy)
    assert HazardReport.objects.get().name == "Corrected"
    submit_report(report, by=field.bounmy)
    with pytest.raises(NotADraft):
        update_report(report, claims(name="Too late"), by=field.bounmy)
    assert HazardReport.objects.get().name == "Corrected"


def test_changing_a_draft_replaces_its_evidence(field):
    report = draft(field, replace(claims(), evidence=(submunition(),) * 3))
    update_report(report, replace(claims(), evidence=(submunition(),)), by=field.bounmy)
    assert Evidence.objects.count() == 1


def test_the_queue_shows_what_waits_for_me_and_nothing_else(field):
    report = submit_report(draft(field, claims()), by=field.bounmy)
    assert list(report_queue(field.checker)) == [report]
    assert not report_queue(field.operations).exists()
    assert not report_queue(field.bounmy).exists()
    assert not report_queue(field.reader).exists()
    check_report_operator(report, by=field.checker)
    assert list(report_queue(field.operations)) == [report]


def test_who_waits_longest_stands_first(field):
    first, second = (draft(field, claims(f"XK-{n}")) for n in (1, 2))
    for report in (second, first):
        submit_report(report, by=field.bounmy)
    assert list(report_queue(field.checker)) == [second, first]
    check_report_operator(second, by=field.checker)
    assert list(report_queue(field.checker)) == [first]


def test_four_eyes_are_asked_for_at_the_approval_alone(field):
    own = create_report(claims(), organisation=field.authority, by=field.manager)
    own = submit_report(own, by=field.manager)
    assert list(report_queue(field.manager)) == [own]


def test_a_reader_sees_no_report_and_no_unapproved_evidence(field):
    report = draft(field, replace(claims(), evidence=(submunition(),)))
    assert not HazardReport.objects.visible_to(field.reader).exists()
    assert not Evidence.objects.visible_to(field.reader).exists()
    assert Evidence.objects.visible_to(field.bounmy).count() == 1
    report = submit_report(report, by=field.bounmy)


def test_approval_puts_the_evidence_on_the_area(field):
    hazard = area_from(field, replace(claims(), evidence=(submunition(),)))
    assert Evidence.objects.get().hazard == hazard
    assert Evidence.objects.visible_to(field.reader).count() == 1


def test_withdrawing_the_only_report_withdraws_the_area_and_keeps_both(field):
    report = approved(field, claims())
    with pytest.raises(InvalidInput):
        withdraw_report(report, "", by=field.manager)
    withdraw_report(report, "Entered twice", by=field.manager)
    hazard = HazardousArea.objects.get()
    assert hazard.is_withdrawn
    assert HazardReport.objects.get().reason == "Entered twice"


def test_all_reports_move_or_none(field):
    one = submit_report(draft(field, claims("XK-1")), by=field.bounmy)
    two = draft(field, claims("XK-2"))
    with pytest.raises(Conflict), transaction.atomic():
        for report in (one, two):
            move_report(report, stages.CHECK_OPERATOR, by=field.checker)
    assert HazardReport.objects.get(pk=one.pk).stage == stages.SUBMITTED


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (claims(kind="minefield"), UnknownCode),
        (claims(contamination=["cluster", "gold"]), UnknownCode),
        (claims(colour="red"), UnknownFact),
        (claims(area_m2=5), UnknownFact),
        (claims(""), EmptyReport),
        (ReportInput(date_of_information=date(2024, 1, 1), reference="X"), EmptyReport),
        (claims(depth_cm="deep"), InvalidInput),
        (claims(depth_cm=-4), InvalidInput),
    ],
)
def test_bad_claims_are_refused_and_nothing_is_saved(field, bad, fault):
    with pytest.raises(fault):
        draft(field, bad)
    assert not HazardReport.objects.exists()
    assert not Change.objects.filter(object_type="hazard_report").exists()


def test_a_reference_is_taken_once(field):
    area_from(field, claims())
    with pytest.raises(ReferenceTaken):
        draft(field, claims())


def test_two_reports_that_raced_for_a_reference_do_not_merge(field):
    one, two = checked(field, claims()), checked(field, claims())
    approve_report(one, by=field.manager)
    with pytest.raises(ReferenceTaken):
        approve_report(two, by=field.manager)
    assert HazardReport.objects.get(pk=two.pk).stage == stages.OPERATIONS_CHECKED


def test_nobody_reports_for_another_organisation(field):
    with pytest.raises(NotPermitted):
        create_report(claims(), organisation=field.authority, by=field.bounmy)
    with pytest.raises(NotPermitted):
        create_report(claims(), organisation=field.authority, by=field.reader)


def test_a_confirmed_area_without_direct_evidence_is_refused_at_submission(field):
    report = draft(field, claims(kind="cha"))
    with pytest.raises(RuleBroken) as caught:
        submit_report(report, by=field.bounmy)
    rules = {found["rule"] for found in caught.value.details["findings"]}
    assert any("direct-evidence" in rule for rule in rules)
    assert HazardReport.objects.get().stage == stages.DRAFT
    with_evidence = replace(claims(kind="cha"), evidence=(submunition(),))
    update_report(report, with_evidence, by=field.bounmy)
    assert submit_report(report, by=field.bounmy).stage == stages.SUBMITTED


def test_warnings_stay_on_the_report_with_the_version_of_the_rules(field):
    area_from(field, claims("XK-1"))
    report = submit_report(draft(field, claims("XK-2")), by=field.bounmy)
    assert report.pack_version
    assert report.findings
    assert {"rule", "clause", "rule_version", "severity"} <= report.findings[0].keys()
