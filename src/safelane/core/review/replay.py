"""Replaying approved reports: is the register what its reports and history say?

Every report is compared with the history, and every record, with each period that it
ever had, with what its reports make of it at each moment at which something was
approved or withdrawn.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.history.models import Change
from safelane.core.history.state import (
    Difference,
    Facts,
    Kept,
    StateCheck,
    batches,
    differences,
    label_of,
)
from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.models import fact_names
from safelane.core.review.projection import timeline_report
from safelane.core.review.timeline import (
    Groups,
    Period,
    TimelineReport,
    fold,
    periods_known_at,
)
from safelane.core.review.writing import snapshot

# An approval is written into the history in the same transaction.
LONGEST_TRANSACTION = timedelta(hours=12)
MOMENTS = {
    "approve": "approved_at",
    "register": "approved_at",
    "withdraw_approved": "withdrawn_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What the replay needs of one kind of report.

    Args:
        name: Data class of the reports, as in the history.
        report: Model of the reports.
        record: Name of their link to the record.
        facts: Names of the facts that a record takes over.
        groups: Facts that are only taken over together.
        timeline: What the timeline needs of a report.
        snapshot: What a report says, as the history has it.
        period: Model of the periods; None where there is none.
        prefetch: Relations that ``snapshot`` reads.
    """

    name: str
    report: type[models.Model]
    record: str
    facts: tuple[str, ...]
    groups: Groups
    timeline: Callable[[Any], TimelineReport]
    snapshot: Callable[[Any], Mapping[str, Any]]
    period: type[models.Model] | None = None
    prefetch: tuple[str, ...] = ()

    @property
    def record_model(self) -> Any:
        return self.report._meta.get_field(self.record).related_model


def replay_of(kind: ReportKind[Any, Any], *prefetch: str) -> Replay:
    """Return what the replay needs of a kind that stands on the kit."""
    return Replay(
        name=kind.name,
        report=kind.report,
        record=kind.record,
        facts=(*fact_names(kind.record_model), *kind.links),
        groups=kind.groups,
        timeline=partial(timeline_report, kind),
        snapshot=partial(snapshot, kind),
        period=kind.period,
        prefetch=prefetch,
    )


def replay_checks(replay: Replay, *beside: str) -> tuple[StateCheck, ...]:
    """Return the checks of a kind of report and of the records that it speaks of.

    Args:
        beside: Models whose rows stand in the history with their report.
    """
    report, record = replay.report._meta.label_lower, replay.record_model._meta
    periods = () if replay.period is None else (replay.period._meta.label_lower,)
    return (
        StateCheck(report, (report, *beside), partial(report_differences, replay)),
        StateCheck(
            record.label_lower,
            (record.label_lower, *periods),
            partial(record_differences, replay),
        ),
    )


def report_differences(replay: Replay) -> Iterator[Difference]:
    """Yield reports of other content, stage or moments than the history says."""

    def rows() -> models.QuerySet[Any]:
        found = replay.report._base_manager.select_related(replay.record)
        return found.prefetch_related(*replay.prefetch)

    def facts(row: Any) -> Mapping[str, Any]:
        record = getattr(row, replay.record)
        known = {replay.record: None if record is None else record.reference}
        return {**replay.snapshot(row), **known, "stage": row.stage, "batch": row.batch}

    yield from differences(
        Kept(replay.name, rows, "uid", facts, _after, is_strict=True)
    )
    yield from _moved_moments(replay)


def _after(said: Facts, change: Change) -> Facts:
    """Return what a report says after one more change: steps only move it."""
    after = json.loads(change.after) if change.after else {}
    if "stage" in after:
        return said | after
    registered = change.verb.endswith(".register")
    stage = stages.APPROVED if registered else said.get("stage", stages.DRAFT)
    if not after.get("reference"):  # of old: the record was left out
        after.pop("reference", None)
    return after | {"stage": stage}


def _moved_moments(replay: Replay) -> Iterator[Difference]:
    """Yield reports approved or withdrawn at another moment than the history says."""
    fields = {f"{replay.name}.{step}": field for step, field in MOMENTS.items()}
    approved = replay.report._base_manager.filter(approved_at__isnull=False)
    for rows in batches(approved.order_by("pk")):
        keys = {str(row.uid): row for row in rows}
        changes = Change.objects.filter(
            object_type=replay.name, object_id__in=list(keys), verb__in=list(fields)
        ).values_list("object_id", "verb", "server_time")
        for key, verb, noted in changes:
            said = getattr(keys[key], fields[verb])
            if said is None or not timedelta() <= noted - said <= LONGEST_TRANSACTION:
                text = _("%(label)s moved on at %(noted)s, and says %(said)s.") % {
                    "label": label_of(keys[key]),
                    "noted": _clock(noted),
                    "said": "-" if said is None else _clock(said),
                }
                yield Difference("altered", replay.name, key, text)


def _clock(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")


def record_differences(replay: Replay) -> Iterator[Difference]:
    """Yield each record that is not what its approved reports make of it."""
    records = replay.record_model._base_manager.order_by("pk")
    for rows in batches(records):
        reports = _by_record(replay, replay.report, rows, approved_at__isnull=False)
        periods = _by_record(replay, replay.period, rows) if replay.period else {}
        for row in rows:
            told = [replay.timeline(report) for report in reports.get(row.pk, ())]
            wrong = list(_wrong(replay, row, told, periods.get(row.pk, ())))
            if wrong:
                text = _("%(label)s is not what its approved reports say: %(what)s.")
                yield Difference(
                    "altered",
                    row._meta.label_lower,
                    str(row.uid),
                    text % {"label": label_of(row), "what": "; ".join(wrong)},
                )


def _by_record(
    replay: Replay, model: Any, rows: Sequence[Any], **conditions: Any
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    wanted = {f"{replay.record}__in": [row.pk for row in rows], **conditions}
    for item in model._base_manager.filter(**wanted):
        found[getattr(item, f"{replay.record}_id")].append(item)
    return found


def _wrong(
    replay: Replay, row: Any, told: Sequence[TimelineReport], held: Sequence[Any]
) -> Iterator[str]:
    if not told:
        yield _("no approved report speaks of it")
        return
    now = fold(told, replay.groups)
    if bool(row.is_withdrawn) != (not now):
        yield _("whether it is withdrawn")
    if now:
        yield from _wrong_facts(replay, row, now)
    if replay.period is not None:
        yield from _wrong_periods(replay, told, held)


def _wrong_facts(replay: Replay, row: Any, now: Sequence[Period]) -> Iterator[str]:
    values = now[-1].values
    for name in replay.facts:
        default = row._meta.get_field(name.removesuffix("_id")).get_default()
        if not _equal(getattr(row, name), values.get(name, default)):
            yield str(row._meta.get_field(name.removesuffix("_id")).verbose_name)
    if row.first_information != now[0].valid_from:
        yield _("first information")
    if row.last_information != now[-1].valid_from:
        yield _("last information")


def _wrong_periods(
    replay: Replay, told: Sequence[TimelineReport], held: Sequence[Any]
) -> Iterator[str]:
    """Name each moment after which other periods stood than the reports make."""
    moments = sorted(
        {m for r in told for m in (r.approved_at, r.withdrawn_at) if m is not None}
    )
    for row in held:
        if row.known_from not in moments or row.known_to not in (None, *moments):
            yield _("the period from %(day)s was known at no moment of a report") % {
                "day": row.valid_from
            }
            return
    for moment in moments:
        wanted = periods_known_at(told, moment, replay.groups)
        stood = [row for row in held if _stood(row, moment)]
        if not _same_periods(stood, wanted):
            text = _("its periods as known on %(moment)s")
            yield text % {"moment": _clock(moment)}
            return


def _stood(row: Any, moment: datetime) -> bool:
    return row.known_from <= moment and (row.known_to is None or row.known_to > moment)


def _same_periods(held: Sequence[Any], wanted: Sequence[Period]) -> bool:
    by_key = {(row.valid_from, row.valid_to): row for row in held}
    keys = {(period.valid_from, period.valid_to) for period in wanted}
    if len(by_key) != len(held) or by_key.keys() != keys:
        return False
    return all(_holds(by_key[p.valid_from, p.valid_to], p) for p in wanted)


def _holds(row: Any, period: Period) -> bool:
    facts = row.stated_facts()
    return (
        row.sources == period.sources
        and facts.keys() == period.values.keys()
        and all(_equal(facts[name], value) for name, value in period.values.items())
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, BaseGeometry) and isinstance(other, BaseGeometry):
        return bool(one.wkb == other.wkb)
    return bool(one == other)
