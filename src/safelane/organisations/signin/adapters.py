"""How django-allauth behaves here: nobody signs up, guessing is slowed down.

Wrong guesses are counted in the database, so that all processes agree. Three counts,
each over SAFELANE_LOCKOUT_MINUTES: one account from one address, one account from
anywhere, one address against anything. The last two are higher, so that a stranger can
neither lock a colleague out nor an office behind one address. Unknown accounts count
like known ones: being locked says nothing about existence.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from safelane.core.protect.fields import require_own_secret
from safelane.organisations.signin.actions import note_linked_provider
from safelane.organisations.signin.models import WrongGuess
from safelane.organisations.signin.queries import account_to_link
from safelane.organisations.signin.secrets import cipher

log = logging.getLogger("safelane.security")
ACCOUNT_FACTOR = 4
ADDRESS_FACTOR = 10


def is_locked(account: str, address: str) -> bool:
    """Say whether this account may not be tried from this address at present."""
    since = _window()
    limits = _limits(account, address)
    return any(_count(key, since) >= limit for key, limit in limits.items())


def note_wrong_guess(account: str, address: str) -> None:
    """Count one failed sign-in."""
    keys = _limits(account, address)
    WrongGuess.objects.bulk_create([WrongGuess(key=key) for key in keys])
    WrongGuess.objects.filter(at__lt=_window() - timedelta(days=1)).delete()
    if is_locked(account, address):
        log.warning("sign-in locked", extra={"account": _key("account", account)[:12]})


def forget_guesses(account: str, address: str) -> None:
    """Forget the failures of somebody who then knew the password.

    The address's own count stays: one right password must not buy more guesses.
    """
    pair = _key("pair", f"{account}|{address}")
    keys = [pair, _key("account", account)]
    WrongGuess.objects.filter(key__in=keys).delete()


def _limits(account: str, address: str) -> dict[str, int]:
    attempts: int = settings.LOCKOUT_ATTEMPTS
    return {
        _key("pair", f"{account}|{address}"): attempts,
        _key("account", account): attempts * ACCOUNT_FACTOR,
        _key("address", address): attempts * ADDRESS_FACTOR,
    }


def _key(kind: str, value: str) -> str:
    text = f"{kind}:{value.strip().casefold()}"
    return salted_hmac("safelane.lockout", text, algorithm="sha256").hexdigest()


def _count(key: str, since: datetime) -> int:
    return WrongGuess.objects.filter(key=key, at__gte=since).count()


def _window() -> datetime:
    return timezone.now() - timedelta(minutes=settings.LOCKOUT_MINUTES)


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
        require_own_secret()
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
