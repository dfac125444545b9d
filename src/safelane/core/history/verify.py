"""Finding tampering: altered, removed, reordered or inserted changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from safelane.core.history.chain import link_hash
from safelane.core.history.models import ChainHead, Change


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


def _check_chain(chain: int) -> Iterator[Break]:
    rows = Change.objects.filter(organisation_id=chain).order_by("seq", "pk")
    suspects: list[Change] = []
    breaks: list[Break] = []
    previous: Change | None = None
    for change in rows.iterator(chunk_size=2000):
        sound = link_hash(change) == change.hash
        if not sound:
            suspects.append(change)
        breaks += _check_link(previous, change, sound)
        previous = change
    breaks += _check_head(chain, previous)
    yield from _merge(breaks, _classify(suspects))


def _check_link(previous: Change | None, change: Change, sound: bool) -> list[Break]:
    expected = 1 if previous is None else previous.seq + 1
    if change.seq > expected:
        return [_removed(change.organisation_id, n) for n in range(expected, change.seq)]
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
        return [_removed(chain, n) for n in range(last_seq + 1, head.seq + 1)]
    if last is not None and head.seq < last.seq:
        return [_named("inserted", last, _("it comes after the head of the chain"))]
    if last is not None and head.hash != last.hash and link_hash(last) == last.hash:
        return [_named("altered", last, _("its hash was rewritten too"))]
    return []


def _classify(suspects: list[Change]) -> list[Break]:
    """Tell rows that merely swapped places from rows whose content changed."""
    places = {change.seq for change in suspects}
    found = []
    for change in suspects:
        moved_from = _original_place(change, places)
        if moved_from is None:
            found.append(_named("altered", change, _("its content changed")))
        else:
            text = _("it stood at number %(seq)s") % {"seq": moved_from}
            found.append(_named("reordered", change, text))
    return found


def _original_place(change: Change, places: set[int]) -> int | None:
    here = change.seq
    for seq in places - {here}:
        change.seq = seq
        match = link_hash(change) == change.hash
        change.seq = here
        if match:
            return seq
    return None


def _merge(breaks: list[Break], classified: list[Break]) -> list[Break]:
    known = {(b.seq, b.change_id) for b in classified}
    rest = [b for b in breaks if (b.seq, b.change_id) not in known]
    return sorted([*rest, *classified], key=lambda b: b.seq)


def _removed(chain: int, seq: int) -> Break:
    text = _("Change %(seq)s of chain %(chain)s was removed.") % {
        "seq": seq,
        "chain": chain,
    }
    return Break(chain, "removed", seq, None, text)


def _named(kind: str, change: Change, why: str) -> Break:
    text = _("Change %(seq)s of chain %(chain)s (%(label)s) was %(kind)s: %(why)s.") % {
        "seq": change.seq,
        "chain": change.organisation_id,
        "label": f"{change.verb} {change.object_label}".strip(),
        "kind": kind,
        "why": why,
    }
    return Break(change.organisation_id, kind, change.seq, change.pk, text)
