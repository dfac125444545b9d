"""The home page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelane.core.ui.attention import panels_for
from safelane.core.ui.context import actor_of


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs this person's attention; visitors learn what this is."""
    actor = actor_of(request)
    if actor.is_public:
        return render(request, "ui/welcome.html")
    return render(request, "ui/home.html", {"panels": panels_for(actor)})
