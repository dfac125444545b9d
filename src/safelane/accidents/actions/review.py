"""Moving accident reports through their review; approval writes the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.accidents.actions.projection import recompute
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.policies import AccidentReportPolicy
from safelane.accidents.rules import AccidentReportFacts, VictimFacts, evaluate
from safelane.core.review import stages
from safelane.core.review.desk import Desk
from safelane.core.review.errors import ReferenceTaken
from safelane.core.review.stages import Step
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.countries.findings import Finding


class AccidentDesk(Desk[AccidentReport]):
    """What the approval of a report means for the register of accidents."""

    name = "accident_report"
    model = AccidentReport
    policy = AccidentReportPolicy

    def evaluate(self, report: AccidentReport) -> Sequence[Finding]:
        return evaluate_report(report)

    def pack_version(self, report: AccidentReport) -> str:
        return load_pack(report.country.pack).version

    def wants_four_eyes(self, report: AccidentReport) -> bool:
        return bool(load_pack(report.country.pack).parameter("four_eyes"))

    def register(self, report: AccidentReport, now: datetime) -> None:
        if report.accident_id is not None:
            Accident.objects.select_for_update().get(pk=report.accident_id)
        else:
            report.accident = _new_accident(report, now)

    def settle(self, report: AccidentReport, now: datetime) -> None:
        if report.accident is not None:
            Victim.objects.filter(report=report).update(accident=report.accident)
            recompute(report.accident, now)

    def subject(self, report: AccidentReport) -> dict[str, str | None]:
        return {"accident": report.accident.reference if report.accident else None}


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


def _new_accident(report: AccidentReport, now: datetime) -> Accident:
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
    return accident


DESK = AccidentDesk()


def submit_report(report: AccidentReport, *, by: Actor) -> AccidentReport:
    """Send a draft on its way; rules that block refuse it, warnings stay on it.

    Raises:
        RuleBroken: A rule of the country pack blocks it; ``details`` lists findings.
    """
    return DESK.move(report, stages.SUBMIT, by=by)


def approve_report(report: AccidentReport, *, by: Actor) -> AccidentReport:
    """Approve a report: from now on it is part of what is known.

    Raises:
        OwnReport: The country pack wants four eyes and these are the author's.
    """
    return DESK.move(report, stages.APPROVE, by=by)


def reject_report(report: AccidentReport, reason: str, *, by: Actor) -> AccidentReport:
    """Send a report back to its author with a reason."""
    return DESK.reject(report, reason, by=by)


def withdraw_report(
    report: AccidentReport, reason: str, *, by: Actor
) -> AccidentReport:
    """Withdraw a report with a reason; an approved one leaves what is known."""
    return DESK.withdraw(report, reason, by=by)


def move_report(
    report: AccidentReport, step: Step, *, reason: str = "", by: Actor
) -> AccidentReport:
    """Move a report by one step; faults as for :meth:`Desk.move`."""
    return DESK.move(report, step, reason=reason, by=by)


def move_reports(
    reports: Iterable[AccidentReport], step: Step, *, reason: str = "", by: Actor
) -> list[AccidentReport]:
    """Move several reports by one step: all of them or none."""
    return DESK.move_all(reports, step, reason=reason, by=by)
