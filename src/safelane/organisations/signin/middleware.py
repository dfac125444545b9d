"""Deny by default: every view needs somebody signed in unless it is marked public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from safelane.core.cache import Cache
from safelane.core.errors import SafelaneError, SignInNeeded
from safelane.core.ogc.documents import as_exception
from safelane.core.scope import Actor
from safelane.core.scope.actor import PUBLIC
from safelane.core.ui.errors import answer, as_fault, problem_response
from safelane.organisations.signin.adapters import client_address
from safelane.organisations.signin.errors import SecondFactorNeeded
from safelane.organisations.signin.header import MACHINE_PATHS, challenge_for, is_below
from safelane.organisations.signin.token_cache import may_be_kept
from safelane.organisations.signin.tokens import actor_from_request, lacks_second_factor

OGC_PATH = "/ogc/"
_seen: Cache[bool] = Cache(10_000, seconds=300.0)
NOT_KEPT = "private, no-store"
# What a session that knows the password only may open where a second factor is asked
# for: setting it up, and leaving. /health tells nothing of anybody.
WITHOUT_FACTOR = frozenset({
    "mfa_index", "mfa_activate_totp", "account_reauthenticate", "account_logout",
    "health",
})  # fmt: skip


class ActorMiddleware:
    """Set ``request.actor`` and turn away whoever may not open the view at all.

    Public views carry Django's ``login_not_required``. Scope is the views' own work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = self.identify(request)
        response = asking(request, refused or self.get_response(request))
        cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        if cookie or "HTTP_AUTHORIZATION" in request.META:
            # What one person saw stays out of every cache.
            response.headers.setdefault("Cache-Control", NOT_KEPT)
        if request.method == "POST" and request.path == resolve_url("account_logout"):
            response["Clear-Site-Data"] = '"cache"'
            if response.status_code >= 500:  # the disk is full: the browser forgets it
                request.session = type(request.session)()
        return response

    def identify(self, request: HttpRequest) -> HttpResponse | None:
        """Set the actor, or refuse a header that opens nothing, wherever it is sent.

        Without a header it is lazy: /health answers while the database is away.
        """
        if "HTTP_AUTHORIZATION" not in request.META:
            request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
                lambda: actor_from_request(request)
            )
            return None
        try:
            request.actor = actor_from_request(request)  # type: ignore[attr-defined]
        except SafelaneError as fault:
            request.actor = PUBLIC  # type: ignore[attr-defined]
            return refuse(request, fault)
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        if settings.REQUIRE_MFA and cookie and (asked := _ask_second_factor(request)):
            return asked
        if getattr(view, "login_required", True) is False:
            return None
        try:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if actor.is_public:
                raise SignInNeeded(_("Sign in first."))
        except SafelaneError as fault:
            return refuse(request, fault)
        if not getattr(view, "csrf_exempt", False) or actor.kind == "token":
            return None
        # A session opened the door: forgery is checked also where a view is exempt.
        return self.csrf.process_view(request, _checked_view, (), {})


def _checked_view(request: HttpRequest) -> HttpResponse:
    """Stand in for an exempt view where Django asks whether to check."""
    return HttpResponse(status=204)


def refuse(request: HttpRequest, fault: SafelaneError) -> HttpResponse:
    """Return a page or a redirect for people, a document for programs.

    Below ``/ogc/`` it is the exception of that standard, elsewhere a problem document.
    """
    if is_below(request.path, (OGC_PATH,)):
        return as_exception(fault)
    if not is_below(request.path, MACHINE_PATHS):
        return answer(request, fault)
    return problem_response(fault)


def asking(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say on a 401 how to sign in, wherever below it was answered."""
    if response.status_code == 401:
        response["WWW-Authenticate"] = challenge_for(request)
    return response


def _ask_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Send people to set up their second factor where the installation asks for it."""
    match = request.resolver_match
    if match and match.view_name in WITHOUT_FACTOR:
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.kind == "token" or not lacks_second_factor(request):
        return None
    if is_below(request.path, MACHINE_PATHS):
        return refuse(request, SecondFactorNeeded())
    return HttpResponseRedirect(resolve_url("mfa_index"))


class LastSeenMiddleware:
    """Note when a session was seen last, every few minutes: reading writes no more.

    Where one writes for long, as a large import does on SQLite, pages still open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session.session_key
        if session and request.user.is_authenticated:
            agent = request.headers.get("User-Agent")
            key = session, client_address(request), agent
            _seen.get(key, lambda: _note_seen(request))
        return self.get_response(request)


def _note_seen(request: HttpRequest) -> bool:
    try:
        UserSession.objects.create_from_request(request)
    except OperationalError:  # its turn to write did not come
        return False
    return True


class ProgramMiddleware:
    """Answer programs that read by token at once; hand on everything else.

    Below ``/ogc/`` and ``/tiles/`` a token needs no session, form or message: many
    small reads are cheaper without them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.door = ActorMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_program(request):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        language = get_language_from_request(request)
        with translation.override(language):
            response = asking(request, self._answer(request))
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        view, args, kwargs = request.resolver_match  # type: ignore[misc]
        request.get_host()  # refuses names that are not ours
        try:
            request.actor = actor_from_request(request)  # type: ignore[attr-defined]
            refused = self.door.process_view(request, view, args, kwargs)
            response: HttpResponse = refused or view(request, *args, **kwargs)
        except Exception as exception:
            fault = as_fault(exception)
            if fault is None:
                raise
            return refuse(request, fault)
        return response


def is_program(request: HttpRequest) -> bool:
    """Say whether a token asks to read something that is not a page."""
    return (
        "HTTP_AUTHORIZATION" in request.META
        and may_be_kept(request)
        and request.GET.get("f") != "html"
    )
