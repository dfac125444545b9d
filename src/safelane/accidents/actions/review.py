"""Moving accident reports through their review; approval writes the register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.actions.projection import recompute
from safelane.accidents.actions.reports import REPORT
from safelane.accidents.errors import OwnReport, ReferenceTaken
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.policies import AccidentReportPolicy
from safelane.accidents.rules import AccidentReportFacts, VictimFacts, evaluate
from safelane.core.errors import RuleBroken
from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.review.stages import Step, check_step, rejection_from
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.countries.findings import Finding


def submit_report(report: AccidentReport, *, by: Actor) -> AccidentReport:
    """Send a draft on its way; rules that block refuse it, warnings stay on it.

    Raises:
        RuleBroken: A rule of the country pack blocks it; ``details`` lists findings.
    """
    return move_report(report, stages.SUBMIT, by=by)


def approve_report(report: AccidentReport, *, by: Actor) -> AccidentReport:
    """Approve a report: from now on it is part of what is known.

    Raises:
        OwnReport: The country pack wants four eyes and these are the author's.
    """
    return move_report(report, stages.APPROVE, by=by)


def reject_report(report: AccidentReport, reason: str, *, by: Actor) -> AccidentReport:
    """Send a report back to its author with a reason."""
    return move_report(report, rejection_from(report.stage), reason=reason, by=by)


def withdraw_report(
    report: AccidentReport, reason: str, *, by: Actor
) -> AccidentReport:
    """Withdraw a report with a reason; an approved one leaves what is known."""
    approved = report.stage == stages.APPROVED
    step = stages.WITHDRAW_APPROVED if approved else stages.WITHDRAW
    return move_report(report, step, reason=reason, by=by)


@transaction.atomic
def move_reports(
    reports: Iterable[AccidentReport], step: Step, *, reason: str = "", by: Actor
) -> list[AccidentReport]:
    """Move several reports by one step: all of them or none."""
    return [move_report(report, step, reason=reason, by=by) for report in reports]


@transaction.atomic
def move_report(
    report: AccidentReport, step: Step, *, reason: str = "", by: Actor
) -> AccidentReport:
    """Move a report by one step.

    Raises:
        NotPermitted: None of the actor's roles allows this step on this report.
        Conflict: The report is not at the stage that the step leaves.
    """
    AccidentReportPolicy.require_row(by, step.verb, report)
    # Lock and read again: somebody else may have moved it on.
    report = AccidentReport.objects.select_for_update().get(pk=report.pk)
    check_step(step, report.stage, reason)
    before, now = report.stage, timezone.now()
    _apply(step, report, now, by)
    report.stage, report.reason = step.target, reason.strip()
    report.stage_at, report.stage_by_id = now, by.user_id
    report.save()
    if report.accident is not None and stages.APPROVED in (before, step.target):
        Victim.objects.filter(report=report).update(accident=report.accident)
        recompute(report.accident, now)
    _note(step, report, before, reason, by)
    return report


def _apply(step: Step, report: AccidentReport, now: datetime, by: Actor) -> None:
    if step is stages.SUBMIT:
        judge(report)
    elif step is stages.APPROVE:
        _require_four_eyes(report, by)
        judge(report)
        report.approved_at = now
        register(report, now)
    elif step.target == stages.WITHDRAWN:
        report.withdrawn_at = now


def evaluate_report(report: AccidentReport, today: date | None = None) -> list[Finding]:
    """Return what the rules in force today say of a saved report."""
    day = today or timezone.localdate()
    pack = load_pack(report.country.pack)
    victims = report.victims.order_by("number")
    facts = AccidentReportFacts(
        today=day,
        date_of_information=report.date_of_information,
        bounds=pack.bounds,
        occurred_on=report.occurred_on,
        geometry=report.geometry,
        stated_killed=report.stated_killed,
        stated_injured=report.stated_injured,
        victims=tuple(
            VictimFacts(number=v.number, sex=v.sex, age=v.age, outcome=v.outcome)
            for v in victims
        ),
    )
    return evaluate(facts, pack, day)


def judge(report: AccidentReport) -> None:
    """Refuse a report that a rule blocks; keep the warnings on it, unsaved.

    Raises:
        RuleBroken: ``details`` lists the findings.
    """
    findings = evaluate_report(report)
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise RuleBroken(
            " ".join(finding.message for finding in blocking),
            findings=[finding.as_json() for finding in findings],
        )
    report.findings = [finding.as_json() for finding in findings]
    report.pack_version = load_pack(report.country.pack).version


def _require_four_eyes(report: AccidentReport, by: Actor) -> None:
    if by.is_system or report.entered_by_id != by.user_id:
        return
    if load_pack(report.country.pack).parameter("four_eyes"):
        raise OwnReport(_("You wrote this report. Somebody else must approve it."))


def register(report: AccidentReport, now: datetime) -> None:
    """Create the accident that the report proposes, and lock the one it speaks of."""
    if report.accident_id is not None:
        Accident.objects.select_for_update().get(pk=report.accident_id)
        return
    accident, created = Accident.objects.get_or_create(
        organisation=report.organisation,
        reference=report.reference,
        defaults={
            "country": report.country,
            "admin_area": report.admin_area,
            "updated_at": now,
        },
    )
    if not created:
        raise ReferenceTaken(
            _(
                "The reference “%(reference)s” was taken in the meantime. Reject the "
                "report so that it can name that accident."
            )
            % {"reference": report.reference},
            field="reference",
        )
    report.accident = accident


def _note(
    step: Step, report: AccidentReport, before: str, reason: str, by: Actor
) -> None:
    entry = Entry(
        report.organisation_id,
        f"{REPORT}.{step.name}",
        REPORT,
        report.uid,
        report.number,
        {"stage": before},
        {
            "stage": report.stage,
            "accident": report.accident and report.accident.reference,
        },
        reason=reason,
        source=report.source,
    )
    record(entry, by=by)
