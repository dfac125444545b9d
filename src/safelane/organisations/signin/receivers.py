"""Writing sign-ins into the log, by account number, never by name or password."""

from __future__ import annotations

import logging
from typing import Any

from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
)
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver

from safelane.organisations.signin.actions import end_sessions
from safelane.organisations.signin.adapters import client_address, note_wrong_guess
from safelane.organisations.signin.tokens import note_signing_in

log = logging.getLogger("safelane.security")


@receiver(user_logged_in)
def note_sign_in(request: Any, user: Any, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        note_signing_in(request)
    log.info("signed in", extra={"account_id": user.pk, "by": methods_of(request)})


def methods_of(request: Any) -> list[str]:
    """Name the ways by which a session was opened, such as password and totp."""
    session = getattr(request, "session", None)
    if session is None:
        return []
    return [
        ":".join(filter(None, (used.get("method"), used.get("type"))))
        for used in session.get("account_authentication_methods", [])
    ]


@receiver(user_logged_out)
def note_sign_out(request: Any, user: Any, **_: Any) -> None:
    log.info("signed out", extra={"account_id": getattr(user, "pk", None)})


@receiver(user_login_failed)
def note_failure(**_: Any) -> None:
    log.warning("sign-in failed")


@receiver(authentication_failed)
def note_wrong_code(request: Any, user: Any, **_: Any) -> None:
    note_wrong_guess(user.get_username(), client_address(request))
    log.warning("second factor failed", extra={"account_id": user.pk})


@receiver(authenticator_added)
def note_factor_added(request: Any, user: Any, **_: Any) -> None:
    """End the other sessions: they were opened by the password only."""
    end_sessions(user, keep=request.session.session_key)
    log.info("second factor added", extra={"account_id": user.pk})


@receiver(authenticator_removed)
def note_factor_removed(user: Any, **_: Any) -> None:
    log.info("second factor removed", extra={"account_id": user.pk})
