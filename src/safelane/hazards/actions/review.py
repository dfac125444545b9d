"""Moving reports through their review; approval writes the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from safelane.core.review import stages
from safelane.core.review.desk import Desk
from safelane.core.review.errors import ReferenceTaken
from safelane.core.review.stages import Step
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.hazards.actions.findings import evaluate_report
from safelane.hazards.actions.projection import recompute
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.policies import ReportPolicy
from safelane.hazards.rules import Finding


class HazardDesk(Desk[HazardReport]):
    """What the approval of a report means for the register of hazards."""

    name = "hazard_report"
    model = HazardReport
    policy = ReportPolicy

    def evaluate(self, report: HazardReport) -> Sequence[Finding]:
        return evaluate_report(report)

    def pack_version(self, report: HazardReport) -> str:
        return load_pack(report.country.pack).version

    def wants_four_eyes(self, report: HazardReport) -> bool:
        return bool(load_pack(report.country.pack).parameter("four_eyes"))

    def register(self, report: HazardReport, now: datetime) -> None:
        if report.hazard_id is not None:
            HazardousArea.objects.select_for_update().get(pk=report.hazard_id)
        elif report.reference:
            report.hazard = _new_area(report, now)

    def settle(self, report: HazardReport, now: datetime) -> None:
        if report.hazard is None:
            return
        report.evidence.update(hazard=report.hazard)
        report.ordnance.update(hazard=report.hazard)
        report.boxes.update(hazard=report.hazard)
        recompute(report.hazard, now)

    def subject(self, report: HazardReport) -> dict[str, str | None]:
        return {"hazard": report.hazard.reference if report.hazard else None}


def _new_area(report: HazardReport, now: datetime) -> HazardousArea:
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
    return hazard


DESK = HazardDesk()


def submit_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Send a draft on its way; rules that block refuse it, warnings stay on it.

    Raises:
        RuleBroken: A rule of the country pack blocks it; ``details`` lists findings.
    """
    return DESK.move(report, stages.SUBMIT, by=by)


def check_report_operator(report: HazardReport, *, by: Actor) -> HazardReport:
    """Pass a submitted report on behalf of the operator that wrote it."""
    return DESK.move(report, stages.CHECK_OPERATOR, by=by)


def check_report_operations(report: HazardReport, *, by: Actor) -> HazardReport:
    """Pass a report on behalf of operations."""
    return DESK.move(report, stages.CHECK_OPERATIONS, by=by)


def approve_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Approve a report: from now on it is part of what is known.

    Raises:
        OwnReport: The country pack wants four eyes and these are the author's.
        ReferenceTaken: Another area took the reference in the meantime.
    """
    return DESK.move(report, stages.APPROVE, by=by)


def reject_report(report: HazardReport, reason: str, *, by: Actor) -> HazardReport:
    """Send a report back to its author with a reason."""
    return DESK.reject(report, reason, by=by)


def rework_report(report: HazardReport, *, by: Actor) -> HazardReport:
    """Take a rejected report up again as a draft."""
    return DESK.move(report, stages.REWORK, by=by)


def withdraw_report(report: HazardReport, reason: str, *, by: Actor) -> HazardReport:
    """Withdraw a report with a reason; an approved one leaves what is known."""
    return DESK.withdraw(report, reason, by=by)


def move_report(
    report: HazardReport, step: Step, *, reason: str = "", by: Actor
) -> HazardReport:
    """Move a report by one step; faults as for :meth:`Desk.move`."""
    return DESK.move(report, step, reason=reason, by=by)


def move_reports(
    reports: Iterable[HazardReport], step: Step, *, reason: str = "", by: Actor
) -> list[HazardReport]:
    """Move several reports by one step: all of them or none."""
    return DESK.move_all(reports, step, reason=reason, by=by)
