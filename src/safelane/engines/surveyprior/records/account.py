"""Account for every record: what came in, what was set aside and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AccountMismatch


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of records and of the distinct target-months that they make up."""

    records: int = 0
    target_months: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.records + other.records, self.target_months + other.target_months
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A month that the source holds only in part or not at all.

    ``usual`` is the median number of target-months in the two months before and the
    two after: what a complete month would have looked like.
    """

    month: str
    found: int
    usual: int


@dataclass(frozen=True, slots=True)
class Account:
    """The books of one run: ``read`` always equals ``used`` plus all ``set_aside``.

    Args:
        read: All that the file holds.
        used: What the ranking counts.
        set_aside: Reason to tally; the reasons exclude one another.
        flags: Doubts about what is used; these overlap and are parts of ``used``.
        gaps: Months known to be missing or partial: nothing can be set aside there.
        published: Totals that the source's own notes state, if any.

    Raises:
        AccountMismatch: The parts do not add up.
    """

    read: Tally
    used: Tally
    set_aside: Mapping[str, Tally] = field(default_factory=dict)
    flags: Mapping[str, Tally] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    published: Tally | None = None

    def __post_init__(self) -> None:
        total = sum(self.set_aside.values(), self.used)
        if total != self.read:
            raise AccountMismatch(
                f"Read {self.read}, but the parts add up to {total}: report this fault."
            )

    @property
    def repeats(self) -> int:
        """Records used that repeat another at the same target in the same month."""
        return self.used.records - self.used.target_months

    @property
    def complete(self) -> bool:
        """Tell whether the file holds as much as its own notes say."""
        return self.published is None or self.published == self.read

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON and for storage with the run."""
        pairs = {"read": self.read, "used": self.used}
        if self.published is not None:
            pairs["published"] = self.published
        return {name: _plain(tally) for name, tally in pairs.items()} | {
            "repeats": self.repeats,
            "complete": self.complete,
            "set_aside": {key: _plain(t) for key, t in self.set_aside.items()},
            "flags": {key: _plain(t) for key, t in self.flags.items()},
            "gaps": [
                {"month": g.month, "found": g.found, "usual": g.usual}
                for g in self.gaps
            ],
        }


def _plain(tally: Tally) -> dict[str, int]:
    return {"records": tally.records, "target_months": tally.target_months}
