"""The review queue, made for the keyboard, and passing several reports on in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from safelane.core.errors import (
    InvalidInput,
    NotPermitted,
    SafelaneError,
    SignInNeeded,
)
from safelane.core.review import stages
from safelane.core.review.queue import with_findings
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.hazards.actions import move_report
from safelane.hazards.models import HazardReport
from safelane.hazards.queries import with_link
from safelane.hazards.reading import report_context, steps_for
from safelane.hazards.reports import report_queue

PAGE_ROWS = 100
REVIEW_VERBS = tuple(f"hazard_report.{s.verb}" for s in stages.FORWARD.values())


def may_review(actor: Actor) -> bool:
    """Say whether any role lets the actor check reports."""
    return any(actor.may(verb) for verb in REVIEW_VERBS)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the reports that wait for this person, oldest first, one of them open."""
    actor = actor_of(request)
    if not may_review(actor):
        if actor.is_public:
            raise SignInNeeded(_("Sign in first."))
        raise NotPermitted(_("None of your roles checks reports."))
    rows = report_queue(actor).select_related(
        "organisation", "admin_area", "entered_by", "country"
    )
    stage = request.GET.get("stage", "")
    shown = rows.filter(stage=stage) if stage in stages.FORWARD else rows
    page = Paginator(with_link(shown, actor), PAGE_ROWS).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {"page": page, "tabs": _tabs(rows, stage)}
    if page.object_list:
        page.object_list = with_findings(page.object_list, actor)
        first = page.object_list[0]
        context |= report_context(first, actor)
        context["steps"] = steps_for(first, actor)
    return render(request, "hazards/review.html", context)


def _tabs(rows: QuerySet[HazardReport], chosen: str) -> list[dict[str, Any]]:
    """Return one tab per stage that waits for the actor, if there are several."""
    counted = rows.order_by().values_list("stage").annotate(n=Count("pk"))
    found = dict(counted)
    if len(found) < 2:
        return []
    tabs = [("", _("All"), sum(found.values()))]
    tabs += [(s, str(stages.LABELS[s]), found[s]) for s in stages.FORWARD if s in found]
    return [
        {
            "label": label,
            "url": f"?stage={code}" if code else "?",
            "count": count,
            "is_current": code == chosen,
        }
        for code, label, count in tabs
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether one report can take its next step; ``fault`` says why not."""

    report: HazardReport
    fault: str = ""


@require_POST
def pass_on(request: HttpRequest) -> HttpResponse:
    """Move each chosen report by its own next step: all of them or none.

    Each is checked as if it came alone: the actor's rights, its stage, the rules and
    the four eyes. If one is refused, nothing moves and the page says which and why.
    """
    actor = actor_of(request)
    outcomes = moved_together(_chosen(request, actor), actor)
    refused = [outcome for outcome in outcomes if outcome.fault]
    if refused:
        good = [outcome.report for outcome in outcomes if not outcome.fault]
        context = {"refused": refused, "good": good}
        return render(request, "hazards/review_refused.html", context, status=422)
    count = len(outcomes)
    text = ngettext("%(n)s report is passed on.", "%(n)s reports are passed on.", count)
    messages.success(request, text % {"n": count})
    return redirect("hazards:review")


def moved_together(reports: Sequence[HazardReport], actor: Actor) -> list[Outcome]:
    """Move the reports in one transaction, undone if a single one is refused."""
    with transaction.atomic():
        outcomes = [_moved(report, actor) for report in reports]
        if any(outcome.fault for outcome in outcomes):
            transaction.set_rollback(True)
    return outcomes


def _moved(report: HazardReport, actor: Actor) -> Outcome:
    step = stages.FORWARD.get(report.stage)
    if step is None:
        text = _("It is “%(stage)s” and waits for nobody's check.")
        return Outcome(report, text % {"stage": stages.LABELS[report.stage]})
    try:
        with transaction.atomic():
            move_report(report, step, by=actor)
    except SafelaneError as fault:
        return Outcome(report, fault.message)
    return Outcome(report)


def _chosen(request: HttpRequest, actor: Actor) -> list[HazardReport]:
    """Return the chosen reports that the actor may see, oldest first.

    Raises:
        InvalidInput: None is chosen, too many are, or a name is none of a report.
        NotFound: One is outside the actor's scope.
    """
    try:
        uids = {UUID(text) for text in request.POST.getlist("report")}
    except ValueError as error:
        raise InvalidInput(_("A chosen report cannot be read.")) from error
    if not 0 < len(uids) <= PAGE_ROWS:
        text = _("Choose between one and %(most)s reports.")
        raise InvalidInput(text % {"most": PAGE_ROWS})
    related = HazardReport.objects.select_related("organisation", "country", "hazard")
    rows = with_link(related, actor)
    found = [rows.get_for(actor, uid=uid) for uid in uids]
    return sorted(found, key=lambda report: report.pk)
