"""Slowing down guessing: counted in the database, so that all processes agree.

Three counts, each over SAFELANE_LOCKOUT_MINUTES: one account from one address, one
account from anywhere, one address against anything. The last two are higher, so that a
stranger can neither lock a colleague out nor an office behind one address. Unknown
accounts count like known ones: being locked says nothing about existence.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from safelane.organisations.signin.models import WrongGuess

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
