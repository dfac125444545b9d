"""What was true when, computed from approved reports: pure.

Per fact, the report with the newest date of information wins; of several with the same
date, the one approved first. So a later-entered older report never overwrites what a
newer one states, and it still fills in what nobody had stated (IMSMA information model;
IMAS 05.10). A fact of several keys (a mapping, such as further fields of files) is so
many facts: what a report does not name stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

Groups = Mapping[str, tuple[str, ...]]
NO_GROUPS: Groups = {}


@dataclass(frozen=True, slots=True)
class TimelineReport:
    """What the timeline needs of one approved report.

    Args:
        id: Identifier, sortable; breaks ties between equal moments of approval.
        date_of_information: The day on which the facts were true.
        stated: Fact -> value; a missing fact is not stated.
        retracts: Facts that are unknown from that day on.
        withdrawn_at: Since when the report counts no more; None while it counts.
        place: Key of the admin area in which it lay by this report, if it knew one.
    """

    id: int
    date_of_information: date
    approved_at: datetime
    stated: Mapping[str, Any] = field(default_factory=dict)
    retracts: frozenset[str] = frozenset()
    withdrawn_at: datetime | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """What held on the days in [valid_from, valid_to); an open end is None.

    Args:
        values: Fact -> value; facts that nobody has stated are missing.
        sources: Fact -> id of the report that states it.
        place: That of the newest report up to then which knew of one; of several of
            one day the first approved. No later report says where it lay.
    """

    valid_from: date
    valid_to: date | None
    values: dict[str, Any]
    sources: dict[str, int]
    place: int | None = None


def fold(reports: Sequence[TimelineReport], groups: Groups = NO_GROUPS) -> list[Period]:
    """Return the periods that the approved reports make, oldest first.

    Args:
        reports: In any order; withdrawn ones do not count.
        groups: Leading fact -> facts that are only ever taken over together with it,
            such as a polygon with its coordinate system. A report that states one of
            these without its leader does not change it.
    """
    counting = _in_order(r for r in reports if r.withdrawn_at is None)
    return _periods(counting, groups)


def state_as_of(
    reports: Sequence[TimelineReport],
    on: date,
    known_at: datetime,
    groups: Groups = NO_GROUPS,
) -> Period | None:
    """Return what was true on a day, as it was known at a moment; None before all."""
    for period in reversed(periods_known_at(reports, known_at, groups)):
        if period.valid_from <= on:
            return period
    return None


def periods_known_at(
    reports: Sequence[TimelineReport], known_at: datetime, groups: Groups = NO_GROUPS
) -> list[Period]:
    """Return the periods that the reports made as they were known at a moment."""
    known = _in_order(r for r in reports if _was_known(r, known_at))
    return _periods(known, groups)


def _was_known(report: TimelineReport, moment: datetime) -> bool:
    gone = report.withdrawn_at is not None and report.withdrawn_at <= moment
    return report.approved_at <= moment and not gone


def _in_order(reports: Iterable[TimelineReport]) -> list[TimelineReport]:
    return sorted(reports, key=lambda r: (r.date_of_information, r.approved_at, r.id))


def _periods(reports: Sequence[TimelineReport], groups: Groups) -> list[Period]:
    leader_of = {name: leader for leader, names in groups.items() for name in names}
    states: list[tuple[date, dict[str, Any], dict[str, int], int | None]] = []
    values: dict[str, Any] = {}
    sources: dict[str, int] = {}
    place: int | None = None
    for day, told in groupby(reports, key=attrgetter("date_of_information")):
        values, sources, same_day = dict(values), dict(sources), list(told)
        _apply_day(same_day, values, sources, groups, leader_of)
        place = next((r.place for r in same_day if r.place is not None), place)
        if not states or states[-1][2:] != (sources, place):
            states.append((day, values, sources, place))
    ends = [*(state[0] for state in states[1:]), None]
    return [
        Period(day, end, held, by, where)
        for (day, held, by, where), end in zip(states, ends[: len(states)], strict=True)
    ]


def _apply_day(
    same_day: Sequence[TimelineReport],
    values: dict[str, Any],
    sources: dict[str, int],
    groups: Groups,
    leader_of: Mapping[str, str],
) -> None:
    settled: set[str] = set()
    for report in same_day:  # the first approved settles a fact for the day
        spoken = (set(report.stated) | report.retracts) - leader_of.keys() - settled
        several = {n for n in spoken if isinstance(report.stated.get(n), Mapping)}
        settled |= spoken
        for name in spoken - several:
            for fact in (name, *groups.get(name, ())):
                values.pop(fact, None)
                sources.pop(fact, None)
                if name in report.stated and fact in report.stated:
                    values[fact], sources[fact] = report.stated[fact], report.id
    _apply_keys(same_day, values, sources)


def _apply_keys(
    same_day: Sequence[TimelineReport], values: dict[str, Any], sources: dict[str, int]
) -> None:
    first: dict[str, int] = {}
    gone: set[str] = set()
    told: dict[str, dict[str, Any]] = {}
    for report in same_day:  # here a report settles the keys that it names
        for name, said in report.stated.items():
            if isinstance(said, Mapping) and name not in gone:
                told[name] = {**said, **told.get(name, {})}
                first.setdefault(name, report.id)
        gone |= report.retracts
    for name, keys in told.items():
        values[name] = {**values.get(name, {}), **keys}
    sources |= first
