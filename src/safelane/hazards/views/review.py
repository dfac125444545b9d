"""The review queue, made for the keyboard."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelane.core.errors import NotPermitted, SignInNeeded
from safelane.core.review import stages
from safelane.core.review.queue import with_findings
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
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
