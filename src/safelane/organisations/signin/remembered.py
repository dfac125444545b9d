"""Actors of tokens kept for seconds, for programs that read many small answers.

Reading a token's memberships and agreements takes longer than most answers below
``/ogc/`` and ``/tiles/``. Any write to accounts, roles, memberships, agreements or
tokens, in whichever process, makes a new version of access in the database; what was
kept under an older one counts no more, from the very next request on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F, Model
from django.http import HttpRequest

from safelane.core.cache import Cache
from safelane.core.scope import Actor
from safelane.organisations.signin.header import is_below
from safelane.organisations.signin.models import (
    AccessVersion,
    SharedValue,
    WrongGuess,
)
from safelane.organisations.signin.secrets import hash_of

PATHS = ("/ogc/", "/tiles/")
_APPS = frozenset({"organisations", "signin"})
_SILENT = frozenset({AccessVersion, SharedValue, WrongGuess})
_actors: Cache[Actor] = Cache(1_000, seconds=5.0)


def may_remember(request: HttpRequest) -> bool:
    """Say whether the request only reads, below the addresses made for programs."""
    return request.method in ("GET", "HEAD") and is_below(request.path, PATHS)


def remembered(secret: str, read: Callable[[str], Actor]) -> Actor:
    """Return the actor of a token, read anew after some seconds.

    Raises:
        TokenRefused: As ``read``; refusals are never remembered.
    """
    key = hash_of(secret), version_of_access()
    return _actors.get(key, lambda: read(secret))


def version_of_access() -> int:
    """Return the number of the last change of who may do what."""
    return AccessVersion.objects.values_list("number", flat=True).first() or 0


def forget(sender: type[Model] | None = None, **_signal: Any) -> None:
    """Forget all actors, unless ``sender`` has no say in who may do what.

    The new version is written in the transaction of the change, so that other processes
    see both at once.
    """
    if sender is None:
        _actors.clear()
    elif _has_a_say(sender):
        _actors.clear()
        rows = AccessVersion.objects.filter(pk=1)
        if not rows.update(number=F("number") + 1):
            AccessVersion.objects.bulk_create(
                [AccessVersion(number=1)], ignore_conflicts=True
            )


def _has_a_say(model: type[Model]) -> bool:
    """Say whether rows of a model decide who may do what; migrations' copies do not."""
    in_migration = model.__module__ == "__fake__"
    return model._meta.app_label in _APPS and model not in _SILENT and not in_migration
