"""Replaying approved reports: is the register what its reports and history say?

Every report is compared with the history, and every record, with each period that it
ever had, with what its reports make of it at each moment at which something was
approved or withdrawn.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

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
from safelane.core.review.projection import (
    same_value,
    says_the_same,
    timeline_report,
)
from safelane.core.review.timeline import (
    Period,
    TimelineReport,
    fold,
    periods_known_at,
)
from safelane.core.review.writing import snapshot

Kind = ReportKind[Any, Any]
# An approval is written into the history in the same transaction.
LONGEST_TRANSACTION = timedelta(hours=12)
MOMENTS = {
    "approve": "approved_at",
    "register": "approved_at",
    "withdraw_approved": "withdrawn_at",
}


def replay_checks(kind: Kind, *beside: str) -> tuple[StateCheck, ...]:
    """Return the checks of a kind of report and of the records that it speaks of.

    Args:
        beside: Models whose rows stand in the history with their report.
    """
    report, record = kind.report._meta.label_lower, kind.record_model._meta
    periods = () if kind.period is None else (kind.period._meta.label_lower,)
    return (
        StateCheck(report, (report, *beside), partial(report_differences, kind)),
        StateCheck(
            record.label_lower,
            (record.label_lower, *periods),
            partial(record_differences, kind),
        ),
    )


def report_differences(kind: Kind) -> Iterator[Difference]:
    """Yield reports of other content, stage or moments than the history says."""

    def rows() -> models.QuerySet[Any]:
        every: models.QuerySet[Any] = kind.report._base_manager.all()
        return every.select_related(kind.record).prefetch_related(*kind.rows_beside)

    def facts(row: Any) -> Mapping[str, Any]:
        record = getattr(row, kind.record)
        known = {kind.record: None if record is None else record.reference}
        return {**snapshot(kind, row), **known, "stage": row.stage, "batch": row.batch}

    yield from differences(Kept(kind.name, rows, "uid", facts, _after, is_strict=True))
    yield from _moved_moments(kind)


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


def _moved_moments(kind: Kind) -> Iterator[Difference]:
    """Yield reports approved or withdrawn at another moment than the history says."""
    fields = {f"{kind.name}.{step}": field for step, field in MOMENTS.items()}
    approved = kind.report._base_manager.filter(approved_at__isnull=False)
    for rows in batches(approved.order_by("pk")):
        keys = {str(row.uid): row for row in rows}
        changes = Change.objects.filter(
            object_type=kind.name, object_id__in=list(keys), verb__in=list(fields)
        ).values_list("object_id", "verb", "server_time")
        for key, verb, noted in changes:
            said = getattr(keys[key], fields[verb])
            if said is None or not timedelta() <= noted - said <= LONGEST_TRANSACTION:
                text = _("%(label)s moved on at %(noted)s, and says %(said)s.") % {
                    "label": label_of(keys[key]),
                    "noted": _clock(noted),
                    "said": "-" if said is None else _clock(said),
                }
                yield Difference("altered", kind.name, key, text)


def _clock(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")


def record_differences(kind: Kind) -> Iterator[Difference]:
    """Yield each record that is not what its approved reports make of it."""
    records = kind.record_model._base_manager.order_by("pk")
    for rows in batches(records):
        reports = _by_record(kind, kind.report, rows, approved_at__isnull=False)
        periods = _by_record(kind, kind.period, rows) if kind.period else {}
        for row in rows:
            told = [timeline_report(kind, report) for report in reports.get(row.pk, ())]
            wrong = list(_wrong(kind, row, told, periods.get(row.pk, ())))
            if wrong:
                text = _("%(label)s is not what its approved reports say: %(what)s.")
                yield Difference(
                    "altered",
                    row._meta.label_lower,
                    str(row.uid),
                    text % {"label": label_of(row), "what": "; ".join(wrong)},
                )


def _by_record(
    kind: Kind, model: Any, rows: Sequence[Any], **conditions: Any
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    wanted = {f"{kind.record}__in": [row.pk for row in rows], **conditions}
    for item in model._base_manager.filter(**wanted):
        found[getattr(item, f"{kind.record}_id")].append(item)
    return found


def _wrong(
    kind: Kind, row: Any, told: Sequence[TimelineReport], held: Sequence[Any]
) -> Iterator[str]:
    if not told:
        yield _("no approved report speaks of it")
        return
    now = fold(told, kind.groups)
    if bool(row.is_withdrawn) != (not now):
        yield _("whether it is withdrawn")
    if now:
        yield from _wrong_facts(kind, row, now)
    if kind.period is not None:
        yield from _wrong_periods(kind, told, held)


def _wrong_facts(kind: Kind, row: Any, now: Sequence[Period]) -> Iterator[str]:
    values = now[-1].values
    for name in (*fact_names(kind.record_model), *kind.links):
        default = row._meta.get_field(name.removesuffix("_id")).get_default()
        if not same_value(getattr(row, name), values.get(name, default)):
            yield str(row._meta.get_field(name.removesuffix("_id")).verbose_name)
    if row.first_information != now[0].valid_from:
        yield _("first information")
    if row.last_information != now[-1].valid_from:
        yield _("last information")


def _wrong_periods(
    kind: Kind, told: Sequence[TimelineReport], held: Sequence[Any]
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
        wanted = periods_known_at(told, moment, kind.groups)
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
    return all(says_the_same(by_key[p.valid_from, p.valid_to], p) for p in wanted)
