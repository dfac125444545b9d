"""Reading accidents, always from what the actor may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from safelane.accidents.actions.projection import timeline_report
from safelane.accidents.filters import AccidentFilter
from safelane.accidents.models import Accident, AccidentReport, Victim
from safelane.accidents.models.facts import FACT_GROUPS
from safelane.accidents.policies import AccidentPolicy, AccidentReportPolicy
from safelane.core.review import stages
from safelane.core.review.timeline import Period, state_as_of
from safelane.core.scope import Actor, Precision
from safelane.core.scope.precision import blurred

# What a reader who may not know the exact place sees of an accident.
SHOWN_WHEN_COARSE = frozenset(
    {"kind", "cause", "activity", "ordnance_category", "information_grade"}
)


def accidents(
    actor: Actor, filters: AccidentFilter | None = None
) -> QuerySet[Accident]:
    """Return the accidents as known now, without the withdrawn ones."""
    rows = Accident.objects.visible_to(actor).filter(is_withdrawn=False)
    return rows.filter((filters or AccidentFilter()).condition(coarse=is_coarse(actor)))


def is_coarse(actor: Actor) -> bool:
    """Say whether some accidents are open to the actor only roughly."""
    return AccidentPolicy.coarsest(actor) != Precision.EXACT


def published(row: Accident) -> dict[str, Any]:
    """Return the facts of an accident at the precision of its row.

    ``row`` comes from ``visible_to`` and so carries ``precision``. Coarse rows keep
    coded facts only, the year instead of the day, and a 1 km cell or no place at all.
    """
    facts = row.stated_facts()
    level = int(row.precision)  # type: ignore[attr-defined]
    if level == Precision.EXACT:
        return facts
    shown = {name: facts[name] for name in SHOWN_WHEN_COARSE & facts.keys()}
    if row.occurred_on is not None:
        shown["occurred_year"] = row.occurred_on.year
    if row.geometry is not None:
        shown["geometry"] = blurred(row.geometry, level)
    return shown


def is_exact(row: Any) -> bool:
    """Say whether a row from ``visible_to`` may be shown as it is."""
    return int(row.precision) == Precision.EXACT


def reports_of(accident: Accident, actor: Actor) -> QuerySet[AccidentReport]:
    """Return the reports on one accident that the actor may see, newest first."""
    return AccidentReport.objects.visible_to(actor).filter(accident=accident)


def victims_of(accident: Accident, actor: Actor) -> QuerySet[Victim]:
    """Return the current victims of an accident that the actor may see."""
    rows = Victim.objects.visible_to(actor).filter(accident=accident, is_current=True)
    return rows.order_by("number")


def victims_in(report: AccidentReport, actor: Actor) -> QuerySet[Victim]:
    """Return the victims that a report tells of, as far as the actor may see them."""
    rows = Victim.objects.visible_to(actor).filter(report=report)
    return rows.order_by("number")


def report_queue(actor: Actor) -> QuerySet[AccidentReport]:
    """Return the reports that wait for a check which this actor may make."""
    waiting = Q(pk__in=())
    for stage, step in stages.FORWARD.items():
        waiting |= Q(stage=stage) & AccidentReportPolicy.rows(actor, step.verb)
    rows = AccidentReport.objects.visible_to(actor).filter(waiting)
    if actor.user_id is not None:
        rows = rows.exclude(stage=stages.OPERATIONS_CHECKED, entered_by=actor.user_id)
    return rows.order_by("stage_at", "pk")


def own_reports(actor: Actor, *wanted: str) -> QuerySet[AccidentReport]:
    """Return the actor's own reports at the wanted stages."""
    rows = AccidentReport.objects.visible_to(actor)
    return rows.filter(entered_by=actor.user_id, stage__in=wanted)


def accident_as_of(accident: Accident, on: date, known_at: datetime) -> Period | None:
    """Return what was true of an accident on a day, as known at a moment.

    ``accident`` was fetched in scope; whoever shows the answer applies its precision.
    """
    reports = AccidentReport.objects.filter(
        accident=accident, approved_at__isnull=False
    )
    timeline = [timeline_report(report) for report in reports]
    return state_as_of(timeline, on, known_at, FACT_GROUPS)


def steps_for(report: AccidentReport, actor: Actor) -> list[stages.Step]:
    """Return the steps that the actor may take with a report now."""
    known = [
        stages.SUBMIT,
        *stages.FORWARD.values(),
        stages.REWORK,
        stages.WITHDRAW,
        stages.WITHDRAW_APPROVED,
    ]
    open_steps = [step for step in known if report.stage in step.sources]
    if report.stage in stages.FORWARD:
        open_steps.append(stages.rejection_from(report.stage))
    return [step for step in open_steps if _may_take(step, report, actor)]


def _may_take(step: stages.Step, report: AccidentReport, actor: Actor) -> bool:
    rows = AccidentReport.objects.filter(AccidentReportPolicy.rows(actor, step.verb))
    own_approval = step is stages.APPROVE and report.entered_by_id == actor.user_id
    return not own_approval and rows.filter(pk=report.pk).exists()
