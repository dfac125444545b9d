"""Accidents in the navigation, and reports that wait on the home page."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.accidents.display import STAGE_TONES
from safelane.accidents.models import AccidentReport
from safelane.accidents.queries import own_reports, report_queue
from safelane.core.review import stages
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel, register_panels
from safelane.core.ui.navigation import NavItem, register

SHOWN = 6
ORDER = 60
REVIEW_VERBS = tuple(f"accident_report.{s.verb}" for s in stages.FORWARD.values())


def panels(actor: Actor) -> Sequence[Panel]:
    """Return reports to check and reports that came back, when there are any."""
    found: list[Panel] = []
    if any(actor.may(verb) for verb in REVIEW_VERBS):
        title = _("Accident reports waiting for my check")
        found += _panel(title, report_queue(actor), "?waiting=1")
    if actor.may("accident_report.report"):
        title = _("Accident reports sent back to me")
        found += _panel(title, own_reports(actor, stages.REJECTED))
    return found


def _panel(title: str, rows: QuerySet[AccidentReport], query: str = "") -> list[Panel]:
    count = rows.count()
    if not count:
        return []
    entries = [_entry(report) for report in rows.select_related("accident")[:SHOWN]]
    url = reverse("accidents:reports") + query
    return [Panel(title, "activity", url, entries, count, order=ORDER)]


def _entry(report: AccidentReport) -> Entry:
    return Entry(
        label=str(report.accident or report.reference),
        url=reverse("accidents:report", args=[report.uid]),
        note=report.number,
        badge=stages.LABELS[report.stage],
        tone=STAGE_TONES.get(report.stage, ("info", ""))[0],
    )


def register_items() -> None:
    """Add the pages and the panels of this app."""
    register(
        NavItem(
            gettext_lazy("Accidents"), "accidents:list", "activity", "accident.view", 30
        )
    )
    register(
        NavItem(
            gettext_lazy("Accident statistics"),
            "accidents:statistics",
            "chart-bar",
            "statistics.view",
            35,
        )
    )
    register_panels("accidents", panels)
