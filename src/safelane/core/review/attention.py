"""Reports that wait for somebody, on the home page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse

from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.queue import own_reports, report_queue
from safelane.core.scope import Actor
from safelane.core.scope.linked import with_record
from safelane.core.ui.attention import Entry, Panel, Text

SHOWN = 6
TONES = {
    stages.DRAFT: ("secondary", "pencil"),
    stages.SUBMITTED: ("info", "send"),
    stages.OPERATOR_CHECKED: ("info", "check"),
    stages.OPERATIONS_CHECKED: ("info", "checks"),
    stages.APPROVED: ("success", "circle-check"),
    stages.REJECTED: ("danger", "arrow-back-up"),
    stages.WITHDRAWN: ("secondary", "x"),
}


def review_panels(
    kind: ReportKind[Any, Any],
    *,
    waiting: Text,
    returned: Text,
    icon: str,
    order: int,
) -> Callable[[Actor], Sequence[Panel]]:
    """Return a source of panels: reports to check and reports that came back, if any.

    The addresses are the app's ``reports`` and ``report``.
    """
    app = kind.report._meta.app_label
    verbs = tuple(step.verb for step in stages.FORWARD.values())

    def panel(actor: Actor, title: Text, rows: Any, query: str = "") -> list[Panel]:
        count = rows.count()
        if not count:
            return []
        chosen = with_record(rows, actor, kind.record)[:SHOWN]
        entries = [_entry(app, report) for report in chosen]
        url = reverse(f"{app}:reports") + query
        return [Panel(title, icon, url, entries, count, order=order)]

    def panels(actor: Actor) -> Sequence[Panel]:
        found: list[Panel] = []
        if any(actor.may(kind.verb(verb)) for verb in verbs):
            found += panel(actor, waiting, report_queue(kind, actor), "?waiting=1")
        if actor.may(kind.verb("report")):
            found += panel(actor, returned, own_reports(kind, actor, stages.REJECTED))
        return found

    return panels


def _entry(app: str, report: Any) -> Entry:
    return Entry(
        label=str(report.linked or report.reference),
        url=reverse(f"{app}:report", args=[report.uid]),
        note=report.number,
        badge=stages.LABELS[report.stage],
        tone=TONES[report.stage][0],
    )
