"""How one link is hashed, the same on every database, and how chains are verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from safelane.core.history.models import ChainHead, Change

HASHED_FIELDS = (
    "organisation_id",
    "seq",
    "verb",
    "object_type",
    "object_id",
    "object_label",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "before",
    "after",
    "reason",
    "source",
)


def canonical_json(value: Mapping[str, Any] | None) -> str:
    """Return ``value`` as JSON text with sorted keys; geometries become WKB hex."""
    if value is None:
        return ""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: object) -> object:
    if isinstance(value, BaseGeometry):
        return to_wkb(value, hex=True)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def moment(value: datetime | None) -> str:
    """Return a moment as UTC text with microseconds: what both databases keep."""
    return "" if value is None else value.astimezone(UTC).isoformat()


def link_hash(change: Change) -> str:
    """Return the SHA-256 (hex) of ``change`` and the hash before it."""
    parts = [change.previous_hash]
    parts += [str(getattr(change, name)) for name in HASHED_FIELDS]
    parts += [moment(change.device_time), moment(change.server_time)]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# How far from its place a row that moved is looked for, besides the other suspects.
REACH = 5
# So many altered rows of a chain are asked whether they only moved: each against each.
MOST_SUSPECTS = 200
# So many breaks of a chain are named one by one; the rest are counted.
MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a chain does not hold.

    Args:
        kind: ``altered``, ``removed``, ``reordered``, ``inserted`` or ``head``.
        seq: Number in the chain of the row at fault.
        change_id: Primary key of the row, None when it is gone.
    """

    organisation_id: int
    kind: str
    seq: int
    change_id: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found."""

    chains: int
    changes: int
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        return not self.breaks


def verify(organisation_id: int | None = None) -> Verdict:
    """Check every chain, or one, and name each row at fault."""
    changes = Change.objects.all()
    heads = ChainHead.objects.all()
    if organisation_id is not None:
        changes = changes.filter(organisation_id=organisation_id)
        heads = heads.filter(organisation_id=organisation_id)
    chains = set(changes.values_list("organisation_id", flat=True).distinct())
    chains |= set(heads.values_list("organisation_id", flat=True))
    breaks = [item for chain in sorted(chains) for item in _check_chain(chain)]
    return Verdict(len(chains), changes.count(), tuple(breaks))


def heads() -> dict[int, str]:
    """Return organisation id -> hash of the last link: one value to compare copies."""
    return dict(
        ChainHead.objects.order_by("organisation_id").values_list(
            "organisation_id", "hash"
        )
    )


def _check_chain(chain: int) -> list[Break]:
    """Return the breaks of a chain; memory is bounded however many there are."""
    rows = Change.objects.filter(organisation_id=chain).order_by("seq", "pk")
    suspects: list[Change] = []
    neighbours: dict[int, Change] = {}
    found = _Breaks(chain)
    previous: Change | None = None
    for change in rows.iterator(chunk_size=2000):
        sound = link_hash(change) == change.hash
        if not sound and len(suspects) < MOST_SUSPECTS:
            suspects.append(change)
            if previous is not None:
                neighbours[previous.seq] = previous
        elif not sound:
            found.add([_named("altered", change, _("its content changed"))])
        found.add(_check_link(previous, change, sound))
        if previous is not None and change.pk < previous.pk:  # keys are in no hash
            why = _("its key does not follow that of the change before it")
            found.add([_named("reordered", change, why)])
        previous = change
    found.add(_check_head(chain, previous))
    return _merge(found.named, _classify(suspects, neighbours)) + found.rest()


class _Breaks:
    """The first breaks of a chain, and how many more there are."""

    def __init__(self, chain: int) -> None:
        self.chain, self.named, self.more = chain, list[Break](), 0

    def add(self, breaks: list[Break]) -> None:
        room = MOST_NAMED - len(self.named)
        self.named += breaks[:room]
        self.more += max(0, len(breaks) - room)

    def rest(self) -> list[Break]:
        if not self.more:
            return []
        text = _("%(count)s more places of chain %(chain)s do not hold.") % {
            "count": self.more,
            "chain": self.chain,
        }
        return [Break(self.chain, "more", self.named[-1].seq, None, text)]


def _check_link(previous: Change | None, change: Change, sound: bool) -> list[Break]:
    expected = 1 if previous is None else previous.seq + 1
    if change.seq > expected:
        return [_removed(change.organisation_id, expected, change.seq - 1)]
    if change.seq < expected:
        return [_named("inserted", change, _("a second row has this number"))]
    before = "" if previous is None else previous.hash
    if not sound or change.previous_hash == before:
        return []
    if previous is None:
        return [_named("inserted", change, _("the chain does not begin here"))]
    if link_hash(previous) == previous.hash:
        # Both rows hash to what they say, yet they do not join: the earlier one was
        # rewritten together with its hash.
        return [_named("altered", previous, _("its hash was rewritten too"))]
    return []


def _check_head(chain: int, last: Change | None) -> list[Break]:
    head = ChainHead.objects.filter(organisation_id=chain).first()
    last_seq = 0 if last is None else last.seq
    if head is None:
        text = _("The head of chain %(chain)s is gone.") % {"chain": chain}
        return [Break(chain, "head", last_seq, None, text)]
    if head.seq > last_seq:
        return [_removed(chain, last_seq + 1, head.seq)]
    if last is not None and head.seq < last.seq:
        return [_named("inserted", last, _("it comes after the head of the chain"))]
    if last is not None and head.hash != last.hash and link_hash(last) == last.hash:
        return [_named("altered", last, _("its hash was rewritten too"))]
    return []


def _classify(suspects: list[Change], rows: dict[int, Change]) -> list[Break]:
    """Tell rows that merely moved from rows whose content changed."""
    origins = {c.seq: _original_place(c, suspects) for c in suspects}
    shifted = _shifted_tail(suspects, origins)
    found = [_shift_break(shifted, origins, rows)] if shifted else []
    for change in suspects:
        origin = origins[change.seq]
        if change in shifted:
            continue
        if origin is None:
            found.append(_named("altered", change, _("its content changed")))
        else:
            text = _("it stood at number %(seq)s") % {"seq": origin}
            found.append(_named("reordered", change, text))
    return found


def _original_place(change: Change, suspects: list[Change]) -> int | None:
    """Return the number under which the row's hash is right, or None."""
    here = change.seq
    near = range(max(1, here - REACH), here + REACH + 1)
    match = None
    for seq in {*near, *(c.seq for c in suspects)} - {here}:
        change.seq = seq
        if link_hash(change) == change.hash:
            match = seq
            break
    change.seq = here
    return match


def _shifted_tail(
    suspects: list[Change], origins: dict[int, int | None]
) -> list[Change]:
    """Return the rows at the end that all moved by the same number of places."""
    tail: list[Change] = []
    for change in reversed(suspects):
        origin = origins[change.seq]
        if origin is None:
            break
        if tail and tail[-1].seq != change.seq + 1:
            break
        shift = change.seq - origin
        if tail and tail[-1].seq - (origins[tail[-1].seq] or 0) != shift:
            break
        tail.append(change)
    return tail[::-1] if len(tail) > 1 else []


def _shift_break(
    tail: list[Change], origins: dict[int, int | None], rows: dict[int, Change]
) -> Break:
    """Name the row that was put in, or was taken out, before a shifted tail."""
    first = tail[0]
    origin = origins[first.seq] or 0
    if first.seq > origin and first.seq - 1 in rows:
        return _named("inserted", rows[first.seq - 1], _("the rows after it moved up"))
    return _removed(first.organisation_id, origin - 1, origin - 1)


def _merge(breaks: list[Break], classified: list[Break]) -> list[Break]:
    known = {(b.seq, b.change_id) for b in classified}
    rest = [b for b in breaks if (b.seq, b.change_id) not in known]
    return sorted([*rest, *classified], key=lambda b: b.seq)


def _removed(chain: int, first: int, last: int) -> Break:
    text = _("Change %(first)s of chain %(chain)s was removed.")
    if last > first:
        text = _("Changes %(first)s to %(last)s of chain %(chain)s were removed.")
    named = {"first": first, "last": last, "chain": chain}
    return Break(chain, "removed", first, None, text % named)


def _named(kind: str, change: Change, why: str) -> Break:
    text = _("Change %(seq)s of chain %(chain)s (%(label)s) was %(kind)s: %(why)s.") % {
        "seq": change.seq,
        "chain": change.organisation_id,
        "label": f"{change.verb} {change.object_label}".strip(),
        "kind": kind,
        "why": why,
    }
    return Break(change.organisation_id, kind, change.seq, change.pk, text)
