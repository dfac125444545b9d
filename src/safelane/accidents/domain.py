"""Accidents and victims as a part of the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from safelane.accidents.actions.counts import publish_due
from safelane.accidents.actions.report import REPORTS
from safelane.accidents.collections import COLLECTION
from safelane.accidents.display import STAGE_TONES
from safelane.accidents.imports import ACCIDENTS
from safelane.accidents.models import AccidentReport
from safelane.accidents.queries import own_reports, report_queue
from safelane.core.domain import DataClass, Domain, Group, MapKind, NavItem
from safelane.core.jobs.recurring import Recurring
from safelane.core.review import stages
from safelane.core.review.replay import replay_checks, replay_of
from safelane.core.scope import Actor
from safelane.core.ui.attention import Entry, Panel

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


DOMAIN = Domain(
    app="safelane.accidents",
    title=lazy("Accidents"),
    data_classes=(
        DataClass("accident", lazy("Accidents (never victims)"), is_shareable=True),
        DataClass("accident_report", lazy("Accident reports")),
        DataClass("victim", lazy("Victims")),
        DataClass("statistics", lazy("Accident statistics")),
    ),
    reports=("accident_report",),
    said={
        "statistics.publish": lazy("published counts of victims"),
        "victim.reveal": lazy("opened the identity of a victim"),
    },
    recurring=(Recurring("accidents.publish_counts", timedelta(hours=1), publish_due),),
    rule_subjects=("accident",),
    map_kinds=(MapKind("accidents", {"accident": lazy("Accident")}),),
    navigation=(
        NavItem(
            lazy("Accidents"), "accidents:list", "activity", "accident.view", Group.LAND
        ),
        NavItem(
            lazy("Accident statistics"),
            "accidents:statistics",
            "chart-bar",
            "statistics.view",
            Group.LAND,
        ),
    ),
    panels=(panels,),
    state_checks=replay_checks(replay_of(REPORTS, "victims")),
    collections=(COLLECTION,),
    imports=(ACCIDENTS,),
    urls="safelane.accidents.urls",
    prefix="accidents/",
    api="safelane.accidents.api",
)
