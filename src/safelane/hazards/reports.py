"""Reading reports on hazards, always from what the actor may see."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils import timezone

from safelane.core.review import queue, stages, steps
from safelane.core.review.findings import tell
from safelane.core.scope import Actor
from safelane.hazards.actions import REPORTS
from safelane.hazards.judging.single import evaluate_report
from safelane.hazards.models import HazardReport

report_queue = partial(queue.report_queue, REPORTS)
own_reports = partial(queue.own_reports, REPORTS)
next_steps = partial(steps.steps_for, REPORTS)


def findings_of(report: HazardReport, actor: Actor) -> list[dict[str, Any]]:
    """Return what a reader is told of the findings kept with a report.

    Of a draft, those of the rules as they are now.
    """
    kept = report.findings
    if report.stage == stages.DRAFT:
        found = evaluate_report(report, timezone.localdate())
        kept = [finding.as_json() for finding in found]
    return tell(kept, actor)
