"""What of the hazards needs somebody's attention on the home page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.core.facts.words import area_text
from safelane.core.review import stages
from safelane.core.review.queue import with_findings
from safelane.core.scope import Actor
from safelane.core.scope.linked import own_area
from safelane.core.ui.attention import Entry, Panel
from safelane.hazards.display import STAGE_TONES
from safelane.hazards.models import HazardReport
from safelane.hazards.policies import HazardPolicy
from safelane.hazards.queries import areas, counts_of, with_link
from safelane.hazards.reports import own_reports, report_queue
from safelane.hazards.views.review import may_review

SHOWN = 6


def panels(actor: Actor) -> Sequence[Panel]:
    """Return queue, rejected reports, drafts and figures, as far as roles go."""
    found: list[Panel] = []
    if may_review(actor):
        found.append(_queue(actor))
    if actor.may("hazard_report.report"):
        found += [_rejected(actor), _drafts(actor), _warned(actor)]
    if HazardPolicy.may(actor, "view"):
        found.append(_figures(actor))
    return found


def _entries(rows: QuerySet[HazardReport], actor: Actor) -> list[Entry]:
    known = with_link(rows, actor)
    related = known.select_related("organisation", "admin_area")
    return [_entry(report) for report in related[:SHOWN]]


def _entry(report: Any) -> Entry:
    day = date_format(report.date_of_information, "SHORT_DATE_FORMAT")
    place = own_area(report, "hazard")
    parts: list[Any] = [report.number, report.organisation, place, day]
    return Entry(
        label=str(report.linked or report.reference or report.number),
        url=reverse("hazards:report", args=[report.uid]),
        note=" · ".join(str(part) for part in parts if part),
        badge=stages.LABELS[report.stage],
        tone=STAGE_TONES[report.stage][0],
    )


def _queue(actor: Actor) -> Panel:
    rows = report_queue(actor)
    return Panel(
        title=_("Waiting for my check"),
        icon="clipboard-check",
        url=reverse("hazards:review"),
        entries=_entries(rows, actor),
        count=rows.count(),
        empty=_("Reports appear here when they reach your step of the review."),
        order=10,
    )


def _rejected(actor: Actor) -> Panel:
    rows = own_reports(actor, stages.REJECTED)
    return Panel(
        title=_("Sent back to me"),
        icon="arrow-back-up",
        url=f"{reverse('hazards:reports')}?stage={stages.REJECTED}&mine=yes",
        entries=_entries(rows, actor),
        count=rows.count(),
        empty=_("Reports that a reviewer rejected come back here with the reason."),
        order=20,
    )


def _drafts(actor: Actor) -> Panel:
    rows = own_reports(actor, stages.DRAFT)
    return Panel(
        title=_("My drafts"),
        icon="pencil",
        url=f"{reverse('hazards:reports')}?stage={stages.DRAFT}&mine=yes",
        entries=_entries(rows, actor),
        count=rows.count(),
        empty=_("A report stays a draft until you submit it."),
        order=30,
    )


def _warned(actor: Actor) -> Panel:
    waiting = own_reports(actor, *stages.WAITING).exclude(findings=[])
    told = [row.pk for row in with_findings(waiting, actor) if row.told]
    rows = waiting.filter(pk__in=told)
    return Panel(
        title=_("Warnings on my reports"),
        icon="alert-triangle",
        url=f"{reverse('hazards:reports')}?mine=yes",
        entries=_entries(rows, actor),
        count=rows.count(),
        empty=_("What the rules find in a submitted report is shown here."),
        order=40,
    )


def _figures(actor: Actor) -> Panel:
    sums = counts_of(areas(actor), ("open", "worked_on"))
    register = reverse("hazards:register")
    entries = []
    if sums["all"]:
        entries = [
            Entry(_("All areas"), register, note=area_text(sums["area_m2"] or 0.0)),
            Entry(_("Open"), f"{register}?status=open", badge=str(sums["open"])),
            Entry(
                _("Worked on"),
                f"{register}?status=worked_on",
                badge=str(sums["worked_on"]),
            ),
        ]
    return Panel(
        title=_("Register"),
        icon="map-2",
        url=register,
        entries=entries,
        count=sums["all"],
        empty=_("No area is registered in your scope yet."),
        order=50,
    )
