"""The review queue, made for the keyboard."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelane.core.errors import NotPermitted, SignInNeeded
from safelane.core.review import stages
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.hazards.queries import report_queue
from safelane.hazards.reading import report_context, steps_for

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
        "organisation", "hazard__country", "admin_area", "entered_by", "country"
    )
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page}
    if page.object_list:
        first = page.object_list[0]
        context |= report_context(first, actor)
        context["steps"] = steps_for(first, actor)
    return render(request, "hazards/review.html", context)
