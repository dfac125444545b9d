"""Writing history: the only place that inserts changes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quoted
from math import isfinite
from typing import Any

from django.db import transaction

from safelane.core.bulk.columns import Json, Same, insert_columns
from safelane.core.history.chain import canonical_json, link_hash, moment
from safelane.core.history.clock import next_moment
from safelane.core.history.models import PLATFORM_CHAIN, ChainHead, Change
from safelane.core.scope.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """What one change says, before it gets its place in the chain.

    Args:
        organisation_id: Whose chain; None for the platform's own.
        verb: ``"<data class>.<verb>"``, as in roles.
        before, after: Facts that changed; geometries allowed.
        permission: Verb under whose role it was done; ``verb`` when "".
    """

    organisation_id: int | None
    verb: str
    object_type: str
    object_id: object = ""
    object_label: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    source: str = ""
    device_time: datetime | None = None
    permission: str = ""


def record(entry: Entry, *, by: Actor) -> Change:
    """Append one change to its organisation's chain.

    Call it inside the transaction that writes what it describes: they could part.
    """
    return record_all([entry], by=by)[0]


def record_all(entries: Sequence[Entry], *, by: Actor) -> list[Change]:
    """Append many changes; one lock per chain, links in the order given."""
    now = next_moment()
    chains: dict[int, list[Change]] = defaultdict(list)
    changes = [_change(entry, by, now) for entry in entries]
    for change in changes:
        chains[change.organisation_id].append(change)
    for organisation_id in sorted(chains):  # one order everywhere: no deadlock
        links = chains[organisation_id]
        with transaction.atomic(durable=False):
            head = _locked_head(organisation_id)
            for change in links:
                change.seq, change.previous_hash = head.seq + 1, head.hash
                change.hash = link_hash(change)
                head.seq, head.hash = change.seq, change.hash
            Change.objects.bulk_create(links, batch_size=500)
            head.save(update_fields=["seq", "hash"])
    return changes


def take_turn(organisations: Iterable[int]) -> None:
    """Lock the chains of organisations before the rows that are written about.

    Whoever writes of several records in one transaction holds a chain from the first
    to the last: all take it first, so that nobody waits for a row of somebody who
    waits for the chain.
    """
    for organisation_id in sorted(set(organisations)):
        _locked_head(organisation_id)


def _change(entry: Entry, by: Actor, now: datetime) -> Change:
    return Change(
        organisation_id=_chain(entry),
        verb=entry.verb,
        object_type=entry.object_type,
        object_id=str(entry.object_id),
        object_label=entry.object_label[:200],
        actor_kind=by.kind,
        actor_id=by.user_id,
        actor_name=by.name[:200],
        role=by.role_for(entry.permission or entry.verb),
        before=canonical_json(entry.before),
        after=canonical_json(entry.after),
        reason=entry.reason,
        source=entry.source,
        device_time=entry.device_time,
        server_time=now,
    )


def _chain(entry: Entry) -> int:
    chain = entry.organisation_id
    return PLATFORM_CHAIN if chain is None else chain


def _locked_head(organisation_id: int) -> ChainHead:
    ChainHead.objects.get_or_create(organisation_id=organisation_id)
    return ChainHead.objects.select_for_update().get(organisation_id=organisation_id)


class Unsaid:
    """Stands for a fact that a record does not state."""


UNSAID = Unsaid()


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
    series: Entry,
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
        series: What the changes have in common.
        after: What each record states, as canonical JSON.
    """
    head, count = _locked_head(_chain(series)), len(after)
    labels = [label[:200] for label in labels]
    same = {
        "organisation_id": head.pk,
        "verb": series.verb,
        "object_type": series.object_type,
        "actor_kind": by.kind,
        "actor_id": by.user_id,
        "actor_name": by.name[:200],
        "role": by.role_for(series.permission or series.verb),
        "reason": series.reason,
        "source": series.source,
        "server_time": next_moment(),
    }
    hashes = _links(head, same, zip(object_ids, labels, after, strict=True))
    own = {
        "seq": range(head.seq + 1, head.seq + 1 + count),
        "object_id": object_ids,
        "object_label": labels,
        "after": after,
        "previous_hash": hashes[:-1],
        "hash": hashes[1:],
    }
    shared = {name: Same(value, count) for name, value in same.items()}
    insert_columns(Change, shared | own, count)
    head.seq, head.hash = head.seq + count, hashes[-1]
    head.save(update_fields=["seq", "hash"])


def _links(
    head: ChainHead, same: Mapping[str, Any], rows: Iterable[tuple[str, str, str]]
) -> list[str]:
    """Return the hash that stood before the first row, then that of each row.

    The text hashed is the list of :func:`safelane.core.history.chain.link_hash`, put
    together from parts that all rows share.

    Args:
        same: What all rows say.
        rows: Key, label and facts (canonical JSON) of each.
    """
    chain, fixed = quoted(str(head.pk)), _list(same["verb"], same["object_type"])
    who = same["actor_kind"], str(same["actor_id"]), same["actor_name"], same["role"]
    person = _list(*who, "")
    tail = _list(same["reason"], same["source"], "", moment(same["server_time"]))
    last, hashes = head.hash, [head.hash]
    for seq, (key, label, text) in enumerate(rows, head.seq + 1):
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
