"""How django-allauth behaves here: nobody signs up, guessing is slowed down."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from safelane.organisations.signin.actions import note_linked_provider
from safelane.organisations.signin.lockout import (
    forget_guesses,
    is_locked,
    note_wrong_guess,
)
from safelane.organisations.signin.queries import account_to_link
from safelane.organisations.signin.secrets import cipher

log = logging.getLogger("safelane.security")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators and opened by invitation links."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait a quarter of an hour, or ask your"
            " administrator for an invitation link."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead people who still need a second factor to setting it up."""
        if settings.REQUIRE_MFA and not is_mfa_enabled(request.user):
            return resolve_url("mfa_index")
        return str(super().get_login_redirect_url(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if is_locked(_account(credentials), self.get_client_ip(request)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_wrong_guess(_account(credentials), self.get_client_ip(request))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            # A closed account answers like a wrong password.
            self.authentication_failed(request, **credentials)
            return None
        if user is not None:
            forget_guesses(_account(credentials), self.get_client_ip(request))
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)


def _account(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


def client_address(request: HttpRequest) -> str:
    """Return the address that asks; the proxy's word for it where it is trusted."""
    if settings.TRUST_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        last = forwarded.rsplit(",", 1)[-1].strip()
        if last:
            return last
    return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keep the keys of authenticator apps encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A provider proves who somebody is; it never makes accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link the provider's person to the account with the same address, once."""
        if sociallogin.is_existing or sociallogin.state.get("process") != "login":
            return
        addresses = [a.email for a in sociallogin.email_addresses if a.verified]
        user = account_to_link(addresses)
        if user is not None:
            with transaction.atomic():
                sociallogin.connect(request, user)
                note_linked_provider(user)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **about: Any
    ) -> None:
        why = about.get("exception") or error
        log.warning("sign-in failed: provider", extra={"why": str(why)[:200]})

    def get_requests_session(self) -> Any:
        """Return a session that goes where it is sent, and nowhere else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session
