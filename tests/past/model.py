"""What was true when, and as known when, said once more and by itself.

Written from ``docs/decisions`` 0001, 0002, 0013 and 0015 and from the field's rules
(IMSMA information model: date of information), not from the code: it knows no period,
no database and no fold. Every question is answered anew from the reports alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# What is only ever taken over together with the fact that leads it.
FOLLOWERS = {
    "geometry": ("geometry_crs", "geometry_text"),
    "status": ("status_reason",),
}


@dataclass
class Report:
    """What one report says; moments count the acts of a history from 0.

    Args:
        approved, withdrawn: Moment from which, and until which, it is known.
        place: District of its outline.
        boxes: Grid number -> what the search found.
    """

    day: date
    approved: int
    says: Mapping[str, Any] = field(default_factory=dict)
    retracts: frozenset[str] = frozenset()
    boxes: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    withdrawn: int | None = None

    def is_known(self, moment: int) -> bool:
        gone = self.withdrawn is not None and self.withdrawn <= moment
        return self.approved <= moment and not gone

    def speaks_of(self, fact: str) -> bool:
        return fact in self.says or fact in self.retracts


@dataclass(frozen=True)
class Answer:
    """What the register must say of an area; ``facts`` holds what is known only."""

    facts: dict[str, Any]
    boxes: dict[str, str]
    first: date
    last: date
    place: str | None


def answer(reports: Sequence[Report], day: date, moment: int) -> Answer | None:
    """Return what was true on a day as known at a moment; None before all knowledge."""
    known = [r for r in reports if r.is_known(moment) and r.day <= day]
    if not known:
        return None
    held = holders(known)
    outline = held.get("geometry")
    return Answer(
        facts=values(held),
        boxes={
            number: _newest([r for r in known if number in r.boxes]).boxes[number]
            for number in {number for r in known for number in r.boxes}
        },
        first=min(r.day for r in known),
        last=_last_change(known),
        place=outline.place if outline else None,
    )


def holders(known: Sequence[Report]) -> dict[str, Report]:
    """Return which report holds for each leading or free fact that is known."""
    followers = {name for names in FOLLOWERS.values() for name in names}
    facts = {f for r in known for f in (*r.says, *r.retracts)} - followers
    newest = {f: _newest([r for r in known if r.speaks_of(f)]) for f in facts}
    return {fact: report for fact, report in newest.items() if fact in report.says}


def values(held: Mapping[str, Report]) -> dict[str, Any]:
    """Return the facts with those that follow them, each from the same report."""
    return {
        name: report.says[name]
        for fact, report in held.items()
        for name in (fact, *FOLLOWERS.get(fact, ()))
        if name in report.says
    }


def _newest(reports: Sequence[Report]) -> Report:
    """The newest date of information holds; of one date, the first approved."""
    last = max(r.day for r in reports)
    return min((r for r in reports if r.day == last), key=lambda r: r.approved)


def _last_change(known: Sequence[Report]) -> date:
    """Return the last day on which another report came to hold for some fact."""
    days = sorted({r.day for r in known})
    states = [holders([r for r in known if r.day <= d]) for d in days]
    changed = [
        day
        for day, now, before in zip(days[1:], states[1:], states, strict=False)
        if {f: id(r) for f, r in now.items()} != {f: id(r) for f, r in before.items()}
    ]
    return changed[-1] if changed else days[0]
