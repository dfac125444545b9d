"""Appending very many changes of one kind: same links, no object per row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    role = by.role_for(series.permission or series.verb)
    first = head.seq + 1
    texts = [canonical_json(facts) for facts in after]
    ids = [str(key) for key in object_ids]
    names = [label[:200] for label in labels]
    previous, hashes = [], []
    fixed = (series.verb, series.object_type)
    who = (by.kind, str(by.user_id), by.name[:200], role)
    tail = (series.reason, series.source, "", moment(now))
    last = head.hash
    for i, text in enumerate(texts):
        previous.append(last)
        parts = [last, str(series.organisation_id), str(first + i), *fixed]
        parts += [ids[i], names[i], *who, "", text, *tail]
        line = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        last = hashlib.sha256(line.encode()).hexdigest()
        hashes.append(last)
    count = len(texts)
    insert_columns(
        Change,
        {
            "organisation_id": [series.organisation_id] * count,
            "seq": range(first, first + count),
            "verb": [series.verb] * count,
            "object_type": [series.object_type] * count,
            "object_id": ids,
            "object_label": names,
            "actor_kind": [by.kind] * count,
            "actor_id": [by.user_id] * count,
            "actor_name": [by.name[:200]] * count,
            "role": [role] * count,
            "after": texts,
            "reason": [series.reason] * count,
            "source": [series.source] * count,
            "server_time": [now] * count,
            "previous_hash": previous,
            "hash": hashes,
        },
        count,
    )
    head.seq, head.hash = first + count - 1, last
    head.save(update_fields=["seq", "hash"])
