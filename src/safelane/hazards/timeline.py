"""From approved reports to what is known: pure, and the same in every order of entry.

Per fact, the report with the newest date of information wins; on the same date the one
approved first. So a report that is entered late, with an older date, changes what was
true earlier and never what a newer report says (IMSMA information model: the summary
follows the date of information, not of entry).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TimelineReport:
    """What the timeline needs of an approved report.

    Args:
        id: Identifier, also the last tie-break.
        date_of_information: The day on which the facts were true.
        approved_at: When it became part of what is known.
        stated: Fact -> value; what is absent is not stated.
        retracts: Facts that are held to be unknown from that day.
    """

    id: int
    date_of_information: date
    approved_at: datetime
    stated: Mapping[str, Any]
    retracts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Period:
    """What holds from one day until the day before another.

    Args:
        valid_to: First day on which it no longer holds; None while it does.
        values: Fact -> value.
        sources: Fact -> identifier of the report that states it.
    """

    valid_from: date
    valid_to: date | None
    values: Mapping[str, Any]
    sources: Mapping[str, int] = field(default_factory=dict)


def fold(reports: Sequence[TimelineReport], groups: Groups | None = None) -> list[Period]:
    """Return the periods that approved reports make, oldest first.

    Args:
        reports: Approved reports on one area, in any order.
        groups: Leading fact -> facts that are taken from the same report with it, so
            that no polygon wears another report's coordinates.
    """
    values: dict[str, Any] = {}
    sources: dict[str, int] = {}
    periods: list[Period] = []
    ordered = sorted(reports, key=lambda r: (r.date_of_information, r.approved_at, r.id))
    for day, same_day in groupby(ordered, key=lambda r: r.date_of_information):
        _take_day(list(same_day), groups or {}, values, sources)
        if periods:
            periods[-1] = _ended(periods[-1], day)
        periods.append(Period(day, None, dict(values), dict(sources)))
    return periods


def state_as_of(
    reports: Sequence[TimelineReport],
    on: date,
    known_at: datetime,
    groups: Groups | None = None,
) -> Period | None:
    """Return what was true on a day, as known at a moment; None before anything was."""
    known = [r for r in reports if r.approved_at <= known_at]
    before = [p for p in fold(known, groups) if p.valid_from <= on]
    return before[-1] if before else None


def _take_day(
    reports: Sequence[TimelineReport],
    groups: Groups,
    values: dict[str, Any],
    sources: dict[str, int],
) -> None:
    """Take over one day's reports; the first one approved speaks first."""
    taken: set[str] = set()
    for report in reports:
        said = _spoken(report, groups) - taken
        for name in said:
            values.pop(name, None)
            sources.pop(name, None)
            if name in report.stated:
                values[name] = report.stated[name]
                sources[name] = report.id
        taken |= said


def _spoken(report: TimelineReport, groups: Groups) -> set[str]:
    """Return the facts that a report decides: stated, retracted, and their groups."""
    said = set(report.stated) | set(report.retracts)
    for leader, followers in groups.items():
        if leader in said:
            said |= set(followers)
        else:
            # A follower without its leader would describe another report's value.
            said -= set(followers)
    return said


def _ended(period: Period, day: date) -> Period:
    return Period(period.valid_from, day, period.values, period.sources)
