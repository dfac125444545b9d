"""Faults of sign-in. None of them tells whether an account exists."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput, NotPermitted, SignInNeeded


class InvitationClosed(Conflict):
    """The invitation link was used, revoked or is too old."""


class TokenRefused(SignInNeeded):
    """The API token is unknown, revoked or too old."""


class PasswordRefused(InvalidInput):
    """The password is too easy to guess."""


class SecondFactorNeeded(NotPermitted):
    """This installation asks for a second factor: set it up under “Account” first."""
