"""Reports that wait for somebody, on the home page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.formats import date_format

from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.queue import (
    may_review,
    own_reports,
    report_queue,
    with_findings,
)
from safelane.core.scope import Actor
from safelane.core.scope.precision import own_area, with_record
from safelane.core.ui.attention import Entry, Panel, Text

SHOWN = 6
Kind = ReportKind[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPanel:
    """One card of reports.

    Args:
        shows: Those that wait for one's check; or of one's own the rejected ones, the
            drafts, or those on which the rules found something.
        page: Name and query of the full list, such as ``"reports?mine=yes"``.
        empty: Said where there is none; without it, the card is left out.
    """

    shows: Literal["waiting", "rejected", "drafts", "warned"]
    title: Text
    icon: str
    order: int
    page: str
    empty: Text = ""


def review_panels(
    kind: Kind, *panels: ReportPanel
) -> Callable[[Actor], Sequence[Panel]]:
    """Return a source of panels, as far as an actor's roles go."""

    def source(actor: Actor) -> Sequence[Panel]:
        shown = (_panel(kind, panel, actor) for panel in panels)
        return [panel for panel in shown if panel is not None]

    return source


def _panel(kind: Kind, panel: ReportPanel, actor: Actor) -> Panel | None:
    waits = panel.shows == "waiting"
    if not (may_review(kind, actor) if waits else actor.may(kind.verb("report"))):
        return None
    rows = _rows(kind, panel.shows, actor)
    count = rows.count()
    if not count and not panel.empty:
        return None
    related = rows.select_related("organisation", "admin_area")
    chosen = with_record(related, actor, kind.record)[:SHOWN]
    name, mark, query = panel.page.partition("?")
    return Panel(
        panel.title,
        panel.icon,
        reverse(f"{kind.app}:{name}") + mark + query,
        [_entry(kind, report) for report in chosen],
        count,
        panel.empty,
        panel.order,
    )


def _rows(kind: Kind, shows: str, actor: Actor) -> Any:
    if shows == "waiting":
        return report_queue(kind, actor)
    if shows != "warned":
        stage = stages.REJECTED if shows == "rejected" else stages.DRAFT
        return own_reports(kind, actor, stage)
    waiting = own_reports(kind, actor, *stages.WAITING).exclude(findings=[])
    told = [row.pk for row in with_findings(waiting, actor) if row.told]
    return waiting.filter(pk__in=told)


def _entry(kind: Kind, report: Any) -> Entry:
    day = date_format(report.date_of_information, "SHORT_DATE_FORMAT")
    place = own_area(report, kind.record)
    parts = (report.number, report.organisation, place, day)
    return Entry(
        label=str(report.linked or report.reference or report.number),
        url=reverse(f"{kind.app}:report", args=[report.uid]),
        note=" · ".join(str(part) for part in parts if part),
        badge=stages.LABELS[report.stage],
        tone=stages.TONES[report.stage][0],
    )
