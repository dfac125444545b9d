"""Writing history: the only place that inserts changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from safelane.core.history.chain import canonical_json, link_hash
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
    object_id: object
    object_label: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    source: str = ""
    device_time: datetime | None = None
    permission: str = ""


def record(entry: Entry, *, by: Actor) -> Change:
    """Append one change to its organisation's chain, inside the caller's transaction.

    Raises:
        TransactionManagementError: There is no open transaction, so the change and
            what it describes could part.
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
        _append(organisation_id, chains[organisation_id])
    return changes


def _change(entry: Entry, by: Actor, now: datetime) -> Change:
    chain = PLATFORM_CHAIN if entry.organisation_id is None else entry.organisation_id
    return Change(
        organisation_id=chain,
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


def _append(organisation_id: int, changes: Iterable[Change]) -> None:
    links = list(changes)
    with transaction.atomic(durable=False):
        head = _locked_head(organisation_id)
        for change in links:
            change.seq = head.seq + 1
            change.previous_hash = head.hash
            change.hash = link_hash(change)
            head.seq, head.hash = change.seq, change.hash
        Change.objects.bulk_create(links, batch_size=500)
        head.save(update_fields=["seq", "hash"])


def _locked_head(organisation_id: int) -> ChainHead:
    ChainHead.objects.get_or_create(organisation_id=organisation_id)
    return ChainHead.objects.select_for_update().get(organisation_id=organisation_id)
