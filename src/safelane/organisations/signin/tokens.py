"""Who asks: a session, an API token, or the public."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from safelane.core import context
from safelane.core.scope import Actor
from safelane.organisations.queries import actor_for_user, public_actor
from safelane.organisations.signin.header import counts_here, token_in, token_of
from safelane.organisations.signin.queries import actor_for_token
from safelane.organisations.signin.token_cache import kept_actor, may_be_kept

SIGNED_IN_AT = "signed_in_at"


def actor_from_request(request: HttpRequest) -> Actor:
    """Return who asks. A token wins over a session, so that programs are never people.

    Raises:
        TokenRefused: An Authorization header was sent that opens nothing.
    """
    secret = token_of(request)
    actor = _person(request) if secret is None else _program(request, secret)
    context.actor_id.set(str(actor.user_id or "-"))
    return actor


def _person(request: HttpRequest) -> Actor:
    """Return the actor of a session; one without a second factor opens nothing."""
    user = request.user
    if user.is_authenticated and _is_over(request):
        logout(request)
    elif lacks_second_factor(request):
        return Actor(kind="person", user_id=user.pk, name=str(user))
    elif user.is_authenticated:
        # What is done for a person later speaks as the page on which it was asked.
        return replace(actor_for_user(user), language=get_language() or "")
    return public_actor()


def _program(request: HttpRequest, secret: str) -> Actor:
    """Return the actor of a token; nobody, whoever else is signed in, on pages."""
    if may_be_kept(request):
        return kept_actor(secret)
    actor = actor_for_token(secret)
    if counts_here(request):
        return actor
    request.user = AnonymousUser()
    return public_actor()


def lacks_second_factor(request: HttpRequest) -> bool:
    """Say whether a session knows the password only, where that is not enough."""
    user = request.user
    if not settings.REQUIRE_MFA or not user.is_authenticated:
        return False
    return not is_mfa_enabled(user)


def actor_of_reader(header: str) -> Actor:
    """Return whom an Authorization header stands for where programs only read.

    Raises:
        TokenRefused: It opens nothing.
    """
    return kept_actor(token_in(header, basic=True))


def note_signing_in(request: HttpRequest) -> None:
    """Write into a new session when it began."""
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()


def _is_over(request: HttpRequest) -> bool:
    """Say whether a session has lasted its hours, however busy it was."""
    began = request.session.get(SIGNED_IN_AT)
    if began is None:
        return True
    age = timezone.now() - datetime.fromisoformat(began)
    return age > timedelta(seconds=settings.SESSION_COOKIE_AGE)
