"""The review of a kind of report: its queue, and several passed on at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from safelane.core.errors import InvalidInput, NotPermitted, SafelaneError, SignInNeeded
from safelane.core.history.actions import take_turn
from safelane.core.pages.keyset import page_of
from safelane.core.pages.listing import tabs
from safelane.core.pages.reports import ReportPages
from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.queries import (
    may_review,
    own_reports,
    report_queue,
    with_findings,
)
from safelane.core.review.steps import move_report, needs_other_eyes, steps_for
from safelane.core.scope import Actor
from safelane.core.scope.precision import own_area, with_record
from safelane.core.ui.attention import Entry, Panel, Text
from safelane.core.ui.context import actor_of

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether one report can take its next step; ``fault`` says why not."""

    report: Any
    fault: str = ""


def review_pages(pages: ReportPages) -> list[URLPattern]:
    """Return the addresses ``review`` and ``review-pass-on``.

    The part has the templates ``<app>/review.html`` and ``<app>/review_refused.html``.
    """
    queue, pass_on = partial(_queue, pages), partial(_pass_on, pages)
    return [
        path("review/", require_safe(queue), name="review"),
        path("review/pass-on/", require_POST(pass_on), name="review-pass-on"),
    ]


def _queue(pages: ReportPages, request: HttpRequest) -> HttpResponse:
    """Show the reports that wait for this person, oldest first, one of them open."""
    kind, actor = pages.kind, actor_of(request)
    if not may_review(kind, actor):
        if actor.is_public:
            raise SignInNeeded(_("Sign in first."))
        raise NotPermitted(_("None of your roles checks reports."))
    rows = report_queue(kind, actor).select_related(
        "organisation", "admin_area", "entered_by", "country"
    )
    stage = request.GET.get("stage", "")
    shown = rows.filter(stage=stage) if stage in stages.FORWARD else rows
    known = with_record(shown, actor, kind.record)
    page = page_of(known, request.GET, PAGE_ROWS)
    page = replace(page, object_list=with_findings(kind, page.object_list, actor))
    context: dict[str, Any] = {"page": page, "tabs": _tabs(rows, stage)}
    if page.object_list:
        first = page.object_list[0]
        context |= pages.read(first, actor)
        context |= {"report": first, "steps": steps_for(kind, first, actor)}
        context["other_eyes"] = needs_other_eyes(kind, first, actor)
    return render(request, f"{kind.app}/review.html", context)


def _tabs(rows: QuerySet[Any], chosen: str) -> list[dict[str, Any]]:
    """Return one tab per stage that waits for the actor, if there are several."""
    found = dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))
    if len(found) < 2:
        return []
    made = [("", _("All"), "?", sum(found.values()))]
    here = [stage for stage in stages.FORWARD if stage in found]
    made += [(s, str(stages.LABELS[s]), f"?stage={s}", found[s]) for s in here]
    return tabs(made, chosen)


def _pass_on(pages: ReportPages, request: HttpRequest) -> HttpResponse:
    """Move each chosen report by its own next step: all of them or none.

    Each is checked as if it came alone: the actor's rights, its stage, the rules and
    the four eyes. If one is refused, nothing moves and the page says which and why.
    """
    actor = actor_of(request)
    outcomes = _moved_together(pages, _chosen(pages, request, actor), actor)
    refused = [outcome for outcome in outcomes if outcome.fault]
    if refused:
        good = [outcome.report for outcome in outcomes if not outcome.fault]
        context = {"refused": refused, "good": good}
        template = f"{pages.kind.app}/review_refused.html"
        return render(request, template, context, status=422)
    count = len(outcomes)
    text = ngettext("%(n)s report is passed on.", "%(n)s reports are passed on.", count)
    messages.success(request, text % {"n": count})
    return redirect(pages.url("review"))


def _moved_together(
    pages: ReportPages, reports: Sequence[Any], actor: Actor
) -> list[Outcome]:
    """Move the reports in one transaction, undone if a single one is refused."""
    with transaction.atomic():
        take_turn(report.organisation_id for report in reports)
        outcomes = [_moved(pages, report, actor) for report in reports]
        if any(outcome.fault for outcome in outcomes):
            transaction.set_rollback(True)
    return outcomes


def _moved(pages: ReportPages, report: Any, actor: Actor) -> Outcome:
    step = stages.FORWARD.get(report.shown_stage)
    if step is None:
        text = _("It is “%(stage)s” and waits for nobody's check.")
        shown = stages.LABELS.get(report.shown_stage, report.stage)
        return Outcome(report, text % {"stage": shown})
    try:
        move_report(pages.kind, report, step, by=actor)
    except SafelaneError as fault:
        return Outcome(report, fault.message)
    return Outcome(report)


def _chosen(pages: ReportPages, request: HttpRequest, actor: Actor) -> list[Any]:
    """Return the chosen reports that the actor may see, oldest first.

    Each knows as ``shown_stage`` at which stage the page showed it: sent twice, a form
    passes nothing on by a further step.

    Raises:
        InvalidInput: None is chosen, too many are, or a name is none of a report.
        NotFound: One is outside the actor's scope.
    """
    kind = pages.kind
    try:
        named = (text.split() for text in request.POST.getlist("report"))
        stage_of = {UUID(uid): stage for uid, stage in named}
    except ValueError as error:
        raise InvalidInput(_("A chosen report cannot be read.")) from error
    if not 0 < len(stage_of) <= PAGE_ROWS:
        text = _("Choose between one and %(most)s reports.")
        raise InvalidInput(text % {"most": PAGE_ROWS})
    related = kind.reports.select_related("organisation", "country", kind.record)
    rows = with_record(related, actor, kind.record)
    found = [rows.get_for(actor, uid=uid) for uid in stage_of]
    for report in found:
        report.shown_stage = stage_of[report.uid]
    return sorted(found, key=lambda report: report.pk)


SHOWN = 6
COUNTED = 100
Kind = ReportKind[Any, Any]

FULL_LISTS = {
    "waiting": "reports?waiting=1",
    "rejected": "reports?stage=rejected&mine=yes",
    "drafts": "reports?stage=draft&mine=yes",
    "warned": "reports?mine=yes",
}


@dataclass(frozen=True, slots=True)
class ReportPanel:
    """One card of reports.

    Args:
        shows: Those that wait for one's check; or of one's own the rejected ones, the
            drafts, or those on which the rules found something.
        page: Name and query of the full list, such as ``"reports?mine=yes"``; by
            default those that it shows.
        empty: Said where there is none; without it, the card is left out.
    """

    shows: Literal["waiting", "rejected", "drafts", "warned"]
    title: Text
    icon: str
    order: int
    page: str = ""
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
    rows = _rows(kind, panel.shows, actor).select_related("organisation", "admin_area")
    rows = with_record(rows, actor, kind.record)
    if panel.shows == "warned":
        chosen, found = _warned(kind, rows, actor)
    else:
        chosen, found = rows[:SHOWN], rows.count()
    if not found and not panel.empty:
        return None
    name, mark, query = (panel.page or FULL_LISTS[panel.shows]).partition("?")
    return Panel(
        panel.title,
        panel.icon,
        reverse(f"{kind.app}:{name}") + mark + query,
        [_entry(kind, report) for report in chosen],
        found,
        panel.empty,
        panel.order,
    )


def _rows(kind: Kind, shows: str, actor: Actor) -> Any:
    if shows == "waiting":
        return report_queue(kind, actor)
    if shows != "warned":
        stage = stages.REJECTED if shows == "rejected" else stages.DRAFT
        return own_reports(kind, actor, stage)
    waiting = own_reports(kind, actor, *stages.WAITING)
    return waiting.filter(~Q(findings=[]) | Q(reference__in=_proposed_twice(kind)))


def _warned(kind: Kind, rows: Any, actor: Actor) -> tuple[list[Any], int | str]:
    """Return the first of which the actor is told something, and how many there are.

    What is told has to be put into words: behind many nobody is made to wait for the
    rest, and the number says that there may be more.
    """
    told: list[Any] = []
    for start in count(0, COUNTED):
        some = with_findings(kind, rows[start : start + COUNTED], actor)
        told += [row for row in some if row.told]
        if len(some) < COUNTED:
            return told[:SHOWN], len(told)
        if len(told) >= COUNTED:
            break
    return told[:SHOWN], f"{COUNTED}+"


def _proposed_twice(kind: Kind) -> Any:
    """Return the references that open reports of one organisation propose twice.

    Asked once, not for each report: that would grow with the square of their number.
    """
    proposed = kind.reports.filter(**{kind.record: None}).exclude(reference="")
    still_open = proposed.filter(stage__in=(stages.DRAFT, *stages.WAITING)).order_by()
    times = still_open.values("organisation", "reference").annotate(n=Count("pk"))
    return times.filter(n__gt=1).values("reference")


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
