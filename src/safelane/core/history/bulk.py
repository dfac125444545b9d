"""Appending very many changes of one kind: same links, no object per row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from safelane.core.exchange.columns import insert_columns
from safelane.core.history.chain import canonical_json, moment
from safelane.core.history.models import ChainHead, Change
from safelane.core.scope.actor import Actor


@dataclass(frozen=True, slots=True)
class Series:
    """What many new records have in common in the history.

    Args:
        permission: Verb under whose role it is done.
    """

    organisation_id: int
    verb: str
    object_type: str
    reason: str = ""
    source: str = ""
    permission: str = ""


def record_series(
    series: Series,
    object_ids: Sequence[object],
    labels: Sequence[str],
    after: Sequence[Mapping[str, Any]],
    *,
    by: Actor,
) -> None:
    """Append one change per new record to one chain, in the order given.

    The links are those that :func:`safelane.core.history.actions.record_all` makes.
    Call it inside the transaction that writes the records.
    """
    now = timezone.now()
    ChainHead.objects.get_or_create(organisation_id=series.organisation_id)
    head = ChainHead.objects.select_for_update().get(pk=series.organisation_id)
    texts = [canonical_json(facts) for facts in after]
    rows = _Rows([str(key) for key in object_ids], [s[:200] for s in labels], texts)
    role = by.role_for(series.permission or series.verb)
    who = (by.kind, str(by.user_id), by.name[:200], role)
    hashes = _links(series, head, rows, who, now)
    count, first = len(texts), head.seq + 1
    columns = {
        "organisation_id": [series.organisation_id] * count,
        "seq": range(first, first + count),
        "verb": [series.verb] * count,
        "object_type": [series.object_type] * count,
        "object_id": rows.ids,
        "object_label": rows.labels,
        "actor_kind": [by.kind] * count,
        "actor_id": [by.user_id] * count,
        "actor_name": [by.name[:200]] * count,
        "role": [role] * count,
        "after": texts,
        "reason": [series.reason] * count,
        "source": [series.source] * count,
        "server_time": [now] * count,
        "previous_hash": hashes[:-1],
        "hash": hashes[1:],
    }
    insert_columns(Change, columns, count)
    head.seq, head.hash = head.seq + count, hashes[-1]
    head.save(update_fields=["seq", "hash"])


@dataclass(frozen=True, slots=True)
class _Rows:
    ids: list[str]
    labels: list[str]
    texts: list[str]


def _links(
    series: Series,
    head: ChainHead,
    rows: _Rows,
    who: tuple[str, str, str, str],
    now: datetime,
) -> list[str]:
    """Return the hash that stood before the first row, then that of each row."""
    fixed = (series.verb, series.object_type)
    tail = (series.reason, series.source, "", moment(now))
    chain, hashes = str(series.organisation_id), [head.hash]
    for i, text in enumerate(rows.texts):
        parts = [hashes[-1], chain, str(head.seq + 1 + i), *fixed]
        parts += [rows.ids[i], rows.labels[i], *who, "", text, *tail]
        line = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        hashes.append(hashlib.sha256(line.encode()).hexdigest())
    return hashes
