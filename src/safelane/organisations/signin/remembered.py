"""Actors of tokens kept for seconds, for programs that read many small answers.

Reading a token's memberships and agreements takes longer than most answers below
``/ogc/`` and ``/tiles/``. Any write to accounts, roles, memberships, agreements or
tokens in this process forgets all; another process follows within
:data:`KEEP_SECONDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from safelane.core.scope import Actor
from safelane.organisations.signin.header import is_below
from safelane.organisations.signin.secrets import hash_of

KEEP_SECONDS = 5.0
LARGEST = 1_000
PATHS = ("/ogc/", "/tiles/")
_APPS = frozenset({"organisations", "signin"})
_actors: dict[str, tuple[float, Actor]] = {}
_lock = Lock()


def may_remember(request: HttpRequest) -> bool:
    """Say whether the request only reads, below the addresses made for programs."""
    return request.method in ("GET", "HEAD") and is_below(request.path, PATHS)


def remembered(secret: str, read: Callable[[str], Actor]) -> Actor:
    """Return the actor of a token, read anew after some seconds.

    Raises:
        TokenRefused: As ``read``; refusals are never remembered.
    """
    key, now = hash_of(secret), monotonic()
    with _lock:
        kept = _actors.get(key)
    if kept is not None and now - kept[0] < KEEP_SECONDS:
        return kept[1]
    actor = read(secret)
    with _lock:
        if len(_actors) >= LARGEST:
            _actors.clear()
        _actors[key] = (now, actor)
    return actor


def forget(sender: type[Model] | None = None, **_signal: Any) -> None:
    """Forget all actors, unless ``sender`` has no say in who may do what."""
    if sender is None or sender._meta.app_label in _APPS:
        with _lock:
            _actors.clear()
