"""Who asks: a session, an API token, or the public."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

from safelane.core import context
from safelane.core.scope import Actor
from safelane.organisations.queries import actor_for_user, public_actor
from safelane.organisations.signin.header import token_in, token_of
from safelane.organisations.signin.queries import actor_for_token
from safelane.organisations.signin.remembered import may_remember, remembered

__all__ = ["actor_for_token", "actor_from_request"]

SIGNED_IN_AT = "signed_in_at"


def actor_from_request(request: HttpRequest) -> Actor:
    """Return who asks. A token wins over a session, so that programs are never people.

    Raises:
        TokenRefused: An Authorization header was sent that opens nothing.
    """
    actor = _identify(request)
    context.actor_id.set(str(actor.user_id or "-"))
    return actor


def _identify(request: HttpRequest) -> Actor:
    secret = token_of(request)
    if secret is not None:
        if may_remember(request):
            return remembered(secret, actor_for_token)
        return actor_for_token(secret)
    user = request.user
    if user.is_authenticated and _is_over(request):
        logout(request)
    elif user.is_authenticated:
        return actor_for_user(user)
    return public_actor()


def actor_of_reader(header: str) -> Actor:
    """Return whom an Authorization header stands for where programs only read.

    Raises:
        TokenRefused: It opens nothing.
    """
    return remembered(token_in(header, basic=True), actor_for_token)


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
