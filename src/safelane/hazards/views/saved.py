"""Saved views of the register."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from safelane.core.errors import SignInNeeded
from safelane.core.ui.context import actor_of
from safelane.hazards.filters import HazardFilter
from safelane.hazards.views.register import PAGE_NAME
from safelane.organisations.actions import delete_view, save_view
from safelane.organisations.models import User


def _user(request: HttpRequest) -> User:
    actor = actor_of(request)
    actor.require("hazard.view")
    user = User.objects.filter(Q(pk=actor.user_id)).first()
    if user is None:
        raise SignInNeeded(_("Sign in first."))
    return user


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the register's filters under a name."""
    query = HazardFilter.parse(QueryDict(request.POST.get("query", ""))).querystring()
    view = save_view(_user(request), PAGE_NAME, request.POST.get("name", ""), query)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('hazards:register')}?{query}")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved view."""
    delete_view(_user(request), pk)
    query = HazardFilter.parse(QueryDict(request.POST.get("query", ""))).querystring()
    return redirect(f"{reverse('hazards:register')}?{query}")
