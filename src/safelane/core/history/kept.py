"""Sums kept until something is written: every write is in the history.

Each process keeps its own; the key is the state of the history in the database, so that
none of several serving processes shows a sum of before a change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from safelane.core.cache import Cache
from safelane.core.history.models import ChainHead

V = TypeVar("V")
_kept: Cache[Any] = Cache(1_000, weigh=lambda value: 1 + len(value or ()) // 1_000)


def data_version() -> str:
    """Return what changes with every committed change: all writes are in the history.

    The ends of all chains, not the newest row: of two writers the one with the older
    row may commit last.
    """
    heads = ChainHead.objects.order_by("organisation_id")
    text = repr(list(heads.values_list("organisation_id", "hash")))
    return blake2b(text.encode(), digest_size=12).hexdigest()


def kept(rows: QuerySet[Any], what: Hashable, make: Callable[[], V]) -> V:
    """Return what was made of records that have a history, made anew after a change.

    Args:
        rows: In the reader's scope; the scope is part of the key.
        what: Names what is made of them.
    """
    try:
        statement = rows.query.sql_with_params()
    except EmptyResultSet:  # nothing is open to the reader: nothing to keep
        return make()
    key = (rows.db, statement, what, data_version())
    found: V = _kept.get(key, make)
    return found


def kept_sums(rows: QuerySet[Any], **sums: Any) -> dict[str, Any]:
    """Return aggregates of records that have a history, counted anew after a change.

    Args:
        rows: In the reader's scope; the scope is part of what is kept.
    """
    plain = rows.order_by()
    asked = tuple(sorted((name, repr(each)) for name, each in sums.items()))
    return dict(kept(plain, asked, lambda: plain.aggregate(**sums)))
