"""Moving reports through their review; approval writes the register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import RuleBroken
from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.review.stages import Step, check_step, rejection_from
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.hazards.actions.findings import evaluate_report
from safelane.hazards.actions.projection import recompute
from safelane.hazards.errors import OwnReport, ReferenceTaken
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.policies import ReportPolicy

REPORT = "hazard_report"


def submit_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Send a draft on its way; rules that block refuse it, warnings stay on it.

    Raises:
        RuleBroken: A rule of the country pack blocks it; ``details`` lists findings.
    """
    return move_report(report, stages.SUBMIT, by=by)


def check_report_operator(report: HazardReport, *, by: Actor) -> HazardReport:
    """Pass a submitted report on behalf of the operator that wrote it."""
    return move_report(report, stages.CHECK_OPERATOR, by=by)


def check_report_operations(report: HazardReport, *, by: Actor) -> HazardReport:
    """Pass a report on behalf of operations."""
    return move_report(report, stages.CHECK_OPERATIONS, by=by)


def approve_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Approve a report: from now on it is part of what is known.

    Raises:
        OwnReport: The country pack wants four eyes and these are the author's.
        ReferenceTaken: Another area took the reference in the meantime.
    """
    return move_report(report, stages.APPROVE, by=by)


def reject_report(report: HazardReport, reason: str, *, by: Actor) -> HazardReport:
    """Send a report back to its author with a reason."""
    return move_report(report, rejection_from(report.stage), reason=reason, by=by)


def rework_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Take a rejected report up again as a draft."""
    return move_report(report, stages.REWORK, by=by)


def withdraw_report(report: HazardReport, reason: str, *, by: Actor) -> HazardReport:
    """Withdraw a report with a reason; an approved one leaves what is known."""
    approved = report.stage == stages.APPROVED
    step = stages.WITHDRAW_APPROVED if approved else stages.WITHDRAW
    return move_report(report, step, reason=reason, by=by)


@transaction.atomic
def move_reports(
    reports: Iterable[HazardReport], step: Step, *, reason: str = "", by: Actor
) -> list[HazardReport]:
    """Move several reports by one step: all of them or none."""
    return [move_report(report, step, reason=reason, by=by) for report in reports]


@transaction.atomic
def move_report(
    report: HazardReport, step: Step, *, reason: str = "", by: Actor
) -> HazardReport:
    """Move a report by one step.

    Raises:
        NotPermitted: None of the actor's roles allows this step on this report.
        Conflict: The report is not at the stage that the step leaves.
    """
    ReportPolicy.require_row(by, step.verb, report)
    # Lock and read again: somebody else may have moved it on.
    report = HazardReport.objects.select_for_update().get(pk=report.pk)
    check_step(step, report.stage, reason)
    before, now = report.stage, timezone.now()
    _apply(step, report, now, by)
    report.stage, report.reason = step.target, reason.strip()
    report.stage_at, report.stage_by_id = now, by.user_id
    report.save()
    if step.target == stages.APPROVED or before == stages.APPROVED:
        _bring_up_to_date(report, now)
    _note(step, report, before, reason, by)
    return report


def _apply(step: Step, report: HazardReport, now: datetime, by: Actor) -> None:
    if step is stages.SUBMIT:
        _evaluate(report)
    elif step is stages.APPROVE:
        _require_four_eyes(report, by)
        _evaluate(report)
        report.approved_at = now
        _register(report, now)
    elif step.target == stages.WITHDRAWN:
        report.withdrawn_at = now


def _evaluate(report: HazardReport) -> None:
    findings = evaluate_report(report)
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise RuleBroken(
            " ".join(finding.message for finding in blocking),
            findings=[finding.as_json() for finding in findings],
        )
    report.findings = [finding.as_json() for finding in findings]
    report.pack_version = load_pack(report.country.pack).version


def _require_four_eyes(report: HazardReport, by: Actor) -> None:
    if by.is_system or report.entered_by_id != by.user_id:
        return
    if load_pack(report.country.pack).parameter("four_eyes"):
        raise OwnReport(_("You wrote this report. Somebody else must approve it."))


def _register(report: HazardReport, now: datetime) -> None:
    """Create the area that the report proposes, and lock the one it speaks of."""
    if report.hazard_id is not None:
        HazardousArea.objects.select_for_update().get(pk=report.hazard_id)
        return
    if not report.reference:
        return
    hazard, created = HazardousArea.objects.get_or_create(
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
                "report so that it can name that area."
            )
            % {"reference": report.reference},
            field="reference",
        )
    report.hazard = hazard


def _bring_up_to_date(report: HazardReport, now: datetime) -> None:
    if report.hazard is None:
        return
    report.evidence.update(hazard=report.hazard)
    report.ordnance.update(hazard=report.hazard)
    recompute(report.hazard, now)


def _note(
    step: Step, report: HazardReport, before: str, reason: str, by: Actor
) -> None:
    entry = Entry(
        report.organisation_id,
        f"{REPORT}.{step.name}",
        REPORT,
        report.uid,
        report.number,
        {"stage": before},
        {"stage": report.stage, "hazard": report.hazard and report.hazard.reference},
        reason=reason,
        source=report.source,
        permission=f"{REPORT}.{step.verb}",
    )
    record(entry, by=by)
