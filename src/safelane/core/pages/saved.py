"""Views of lists that people keep for themselves under a name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, register_converter
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from safelane.core.errors import SignInNeeded
from safelane.core.pages.actions import (
    forget_view,
    from_first_page,
    save_view,
    saved_views,
)
from safelane.core.protect.addresses import keys_of
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of


def views_of(actor: Actor, page: str) -> list[Any]:
    """Return the actor's own views of one list, each from its first page."""
    found = list(saved_views().filter(user=actor.user_id, page=page))
    for view in found:
        view.query = from_first_page(view.query)
    return found


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the list as its address shows it."""
    sent, user = request.POST, _user(request)
    query = sent.get("query", "")
    view = save_view(user, sent.get("page", ""), sent.get("name", ""), query)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return _back(request, query)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved view."""
    forget_view(_user(request), pk)
    return _back(request, request.POST.get("query", ""))


def _user(request: HttpRequest) -> int:
    user = actor_of(request).user_id
    if user is None:
        raise SignInNeeded(_("Sign in first."))
    return user


def _back(request: HttpRequest, query: str) -> HttpResponse:
    """Return to the list, which is a path of this site."""
    path = request.POST.get("back", "")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, None):
        path = "/"
    return redirect(f"{path}?{query}" if query else path)


register_converter(keys_of("SavedView"), "saved_view")
app_name = "pages"
urlpatterns = [
    path("save/", save, name="view-save"),
    path("<saved_view:pk>/delete/", delete, name="view-delete"),
]
