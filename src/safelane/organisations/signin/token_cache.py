"""Actors of tokens kept for seconds, for programs that read many small answers.

Reading a token's memberships and agreements takes longer than most answers below
``/ogc/`` and ``/tiles/``. Any write to accounts, roles, memberships, agreements or
tokens, in whichever process, makes a new version of access in the database; what was
kept under an older one counts no more, from the very next request on.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import F, Model
from django.http import HttpRequest

from safelane.core.cache import Cache
from safelane.core.collections.prepared import fetch_prepared
from safelane.core.scope import Actor
from safelane.organisations.signin.header import is_below
from safelane.organisations.signin.models import AccessVersion, SharedValue, WrongGuess
from safelane.organisations.signin.queries import actor_for_token
from safelane.organisations.signin.secrets import hash_of

PATHS = ("/ogc/", "/tiles/")
SILENT = frozenset({AccessVersion, SharedValue, WrongGuess})
VERSION_SQL = f"SELECT number FROM {AccessVersion._meta.db_table}"  # noqa: S608
actors: Cache[Actor] = Cache(1_000, seconds=5.0)


def may_be_kept(request: HttpRequest) -> bool:
    """Say whether the request only reads, below the addresses made for programs."""
    return request.method in ("GET", "HEAD") and is_below(request.path, PATHS)


def kept_actor(secret: str) -> Actor:
    """Return the actor of a token, read anew after some seconds.

    Raises:
        TokenRefused: As :func:`actor_for_token`; refusals are never kept.
    """
    key = hash_of(secret), version_of_access()
    return actors.get(key, lambda: actor_for_token(secret))


def version_of_access() -> int:
    """Return the number of the last change of who may do what."""
    # Asked before every answer to a program, and so beneath the ORM.
    if connection.vendor == "postgresql":
        found = fetch_prepared(connection, VERSION_SQL, ())
    else:
        with connection.cursor() as cursor:
            found = cursor.execute(VERSION_SQL).fetchall()
    return int(found[0][0]) if found else 0


def deciding_models() -> Iterator[type[Model]]:
    """Yield the models whose rows decide who may do what."""
    for app in ("organisations", "signin"):
        found = apps.get_app_config(app).get_models(include_auto_created=True)
        yield from (model for model in found if model not in SILENT)


def forget(**_signal: object) -> None:
    """Forget all actors, in every process: who may do what has changed.

    The new version is written in the transaction of the change, so that other processes
    see both at once.
    """
    actors.clear()
    rows = AccessVersion.objects.filter(pk=1)
    if not rows.update(number=F("number") + 1):
        AccessVersion.objects.bulk_create(
            [AccessVersion(number=1)], ignore_conflicts=True
        )
