"""Reading reports of any kind, always from what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from safelane.core.filters.reading import Moment
from safelane.core.review import stages
from safelane.core.review.counting import counting
from safelane.core.review.findings import tell, tell_all
from safelane.core.review.kind import ReportKind
from safelane.core.scope import Actor


def may_review(kind: ReportKind[Any, Any], actor: Actor) -> bool:
    """Say whether any role lets the actor check reports."""
    return any(actor.may(kind.verb(step.verb)) for step in stages.FORWARD.values())


def report_queue(kind: ReportKind[Any, Any], actor: Actor) -> Any:
    """Return the reports that wait for a check which this actor may make."""
    waiting = Q(pk__in=())
    for stage, step in stages.FORWARD.items():
        waiting |= Q(stage=stage) & kind.policy.rows(actor, step.verb)
    rows = kind.reports.visible_to(actor).filter(waiting)
    own = Q(stage=stages.OPERATIONS_CHECKED, entered_by=actor.user_id)
    if actor.user_id is not None:
        rows = rows.exclude(
            own & Q(country__in=_with_four_eyes(kind, rows.filter(own)))
        )
    return rows.order_by("stage_at", "pk")


def _with_four_eyes(kind: ReportKind[Any, Any], rows: Any) -> list[int]:
    countries = kind.report._meta.get_field("country").related_model
    named = countries._default_manager.filter(
        pk__in=rows.order_by().values("country").distinct()
    )
    return [country.pk for country in named if kind.programme.four_eyes(country)]


def own_reports(kind: ReportKind[Any, Any], actor: Actor, *wanted: str) -> Any:
    """Return the actor's own reports at the wanted stages."""
    rows = kind.reports.visible_to(actor)
    return rows.filter(entered_by=actor.user_id, stage__in=wanted)


def reports_on_record(
    kind: ReportKind[Any, Any], record: Any, actor: Actor, then: Moment | None = None
) -> Any:
    """Return the reports on one record that the actor may see, newest first.

    Of the past, those which counted then; now, those at every stage.
    """
    rows = kind.reports.visible_to(actor).filter(**{kind.record: record})
    return rows.filter(counting(then)) if then and then.is_past else rows


def findings_of(
    kind: ReportKind[Any, Any], report: Any, actor: Actor
) -> list[dict[str, Any]]:
    """Return what a reader is told of the findings kept with a report.

    Of a draft, those of the rules as they are now.
    """
    kept = report.findings
    if report.stage == stages.DRAFT:
        found = kind.rules(report, timezone.localdate())
        kept = [finding.as_json() for finding in found]
    return tell(kept, actor)


def with_findings(reports: Iterable[Any], actor: Actor) -> list[Any]:
    """Give each report ``told``: what the reader is told of its findings."""
    rows = list(reports)
    for row, told in zip(
        rows, tell_all([r.findings for r in rows], actor), strict=True
    ):
        row.told = told
    return rows
