"""Appending very many changes of one kind: same links, no object per row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quoted
from math import isfinite
from typing import Any

from safelane.core.bulk.columns import Json, Same, insert_columns
from safelane.core.history.chain import canonical_json, moment
from safelane.core.history.clock import next_moment
from safelane.core.history.models import ChainHead, Change
from safelane.core.scope.actor import Actor


class Unsaid:
    """Stands for a fact that a record does not state."""


UNSAID = Unsaid()


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


def canonical_rows(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return, row by row, what :func:`canonical_json` makes of the row's facts.

    Args:
        columns: Values by fact, all of one length; :data:`UNSAID` leaves a fact out.
    """
    parts = [_members(name, columns[name]) for name in sorted(columns)]
    return [f"{{{','.join(filter(None, row))}}}" for row in zip(*parts, strict=True)]


def _members(name: str, values: Sequence[Any]) -> list[str]:
    start, known = f"{quoted(name)}:", _Texts()
    if isinstance(values, Same):
        return [start + known[values.value]] * len(values)
    return [
        "" if value is UNSAID
        else start + quoted(value) if type(value) is str
        else start + value.text if type(value) is Json
        else start + repr(value) if type(value) is float and isfinite(value)
        else start + _text(value) if isinstance(value, list | dict)
        else start + known[value]
        for value in values
    ]  # fmt: skip


def as_json(column: Sequence[Any]) -> Sequence[Any]:
    """Return JSON values as texts, once for the history and every table."""
    if isinstance(column, Same):
        return column
    return [None if value is None else Json(_text(value)) for value in column]


class _Texts(dict[Any, str]):
    """The text of each value that was asked for before."""

    def __missing__(self, value: Any) -> str:
        text = self[value] = _text(value)
        return text


def _text(value: Any) -> str:
    return canonical_json({"": value})[4:-1]


def record_series(
    series: Series,
    object_ids: Sequence[str],
    labels: Sequence[str],
    after: Sequence[str],
    *,
    by: Actor,
) -> None:
    """Append one change per new record to one chain, in the order given.

    The links are those that :func:`safelane.core.history.actions.record_all` makes.
    Call it inside the transaction that writes the records.

    Args:
        after: What each record states, as canonical JSON.
    """
    now = next_moment()
    ChainHead.objects.get_or_create(organisation_id=series.organisation_id)
    head = ChainHead.objects.select_for_update().get(pk=series.organisation_id)
    rows = _Rows(object_ids, [label[:200] for label in labels], after)
    role = by.role_for(series.permission or series.verb)
    who = (by.kind, str(by.user_id), by.name[:200], role)
    hashes = _links(series, head, rows, who, now)
    count, first = len(after), head.seq + 1
    same = {
        "organisation_id": series.organisation_id,
        "verb": series.verb,
        "object_type": series.object_type,
        "actor_kind": by.kind,
        "actor_id": by.user_id,
        "actor_name": by.name[:200],
        "role": role,
        "reason": series.reason,
        "source": series.source,
        "server_time": now,
    }
    own = {
        "seq": range(first, first + count),
        "object_id": rows.ids,
        "object_label": rows.labels,
        "after": rows.texts,
        "previous_hash": hashes[:-1],
        "hash": hashes[1:],
    }
    shared = {name: Same(value, count) for name, value in same.items()}
    insert_columns(Change, shared | own, count)
    head.seq, head.hash = head.seq + count, hashes[-1]
    head.save(update_fields=["seq", "hash"])


@dataclass(frozen=True, slots=True)
class _Rows:
    ids: Sequence[str]
    labels: Sequence[str]
    texts: Sequence[str]


def _links(
    series: Series,
    head: ChainHead,
    rows: _Rows,
    who: tuple[str, str, str, str],
    now: datetime,
) -> list[str]:
    """Return the hash that stood before the first row, then that of each row.

    The text hashed is the list of :func:`safelane.core.history.chain.link_hash`, put
    together from parts that all rows share.
    """
    chain, fixed = quoted(str(series.organisation_id)), _list(
        series.verb, series.object_type
    )  # fmt: skip
    person = _list(*who, "")
    tail = _list(series.reason, series.source, "", moment(now))
    last, seq, hashes = head.hash, head.seq, [head.hash]
    for key, label, text in zip(rows.ids, rows.labels, rows.texts, strict=True):
        seq += 1
        line = (
            f'["{last}",{chain},"{seq}",{fixed},{quoted(key)},{quoted(label)},'
            f"{person},{quoted(text)},{tail}]"
        )
        last = hashlib.sha256(line.encode()).hexdigest()
        hashes.append(last)
    return hashes


def _list(*texts: str) -> str:
    """Return texts as the inside of a JSON list."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))[1:-1]
