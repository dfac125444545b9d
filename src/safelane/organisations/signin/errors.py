"""Faults of sign-in. None of them tells whether an account exists."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput, SignInNeeded


class InvitationClosed(Conflict):
    """The invitation link was used, revoked or is too old."""

    code = "invitation-closed"


class TokenRefused(SignInNeeded):
    """The API token is unknown, revoked or too old."""

    code = "token-refused"


class PasswordRefused(InvalidInput):
    """The password is too easy to guess."""

    code = "password-refused"
