"""Roles that wait for a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelane.core.ui.context import actor_of
from safelane.organisations.actions import decide_proposal
from safelane.organisations.attention import state_of
from safelane.organisations.granting import GRANTING
from safelane.organisations.models import MembershipProposal

SHOWN = 200


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Show roles that were proposed, the waiting ones first."""
    actor = actor_of(request)
    actor.require(GRANTING)
    rows = MembershipProposal.objects.editable_by(actor, "manage")
    shown = rows.select_related("user", "role", "organisation", "area", "decided_by")
    ordered = sorted(shown[:SHOWN], key=lambda row: row.decided is not None)
    marked = [
        (row, *state_of(row), actor.user_id not in (row.proposed_by_id, row.user_id))
        for row in ordered
    ]
    return render(request, "organisations/proposals.html", {"rows": marked})


@require_POST
def proposal_decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Confirm a role that somebody else proposed, or refuse it."""
    actor = actor_of(request)
    actor.require(GRANTING)
    proposal = MembershipProposal.objects.get_for(actor, uid=uid)
    accept = request.POST.get("decision") == "confirm"
    decide_proposal(proposal, accept=accept, by=actor)
    messages.success(
        request, _("The role is given.") if accept else _("The role is refused.")
    )
    return redirect("organisations:proposals")
