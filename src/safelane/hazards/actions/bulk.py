"""Many reports at once: a legacy register, a survey's sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from safelane.core.bulk.many_values import among
from safelane.core.errors import RuleBroken
from safelane.core.geo.measure import outline_sizes_m2
from safelane.core.history.actions import take_turn
from safelane.core.review.newrecords import (
    Columns,
    FactColumns,
    Registration,
    register_new,
)
from safelane.core.review.registration import (
    aimed,
    known_contents,
    require_registrar,
    write_approved,
)
from safelane.core.review.stages import APPROVE
from safelane.core.review.steps import refuse_blocked
from safelane.core.review.writing import new_report
from safelane.core.scope import Actor
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import HazardousArea
from safelane.organisations.packs import pack_of


@dataclass(frozen=True, slots=True)
class Registered:
    """What a bulk registration did: areas created, reports added, rows unchanged."""

    created: int
    updated: int
    unchanged: int


# No savepoint: inside one, SQLite's journal in memory makes each row dearer than the
# one before.
@transaction.atomic(savepoint=False)
def register_approved(
    inputs: Sequence[ReportInput],
    registration: Registration,
    *,
    by: Actor,
    stated: FactColumns | None = None,
) -> Registered:
    """Take over rows that an information manager answers for, as approved reports.

    The same row (external id and content hash) is not taken twice. Rows about areas
    that exist become further reports on them. All rows or none.

    Args:
        stated: The same rows made ready beforehand; used if all register a new area.

    Raises:
        NotPermitted: The actor may not both import and approve for the organisation.
        RuleBroken, UnknownCode, ...: As for single reports; names the first row.
    """
    owner, country = registration.organisation, registration.country
    require_registrar(REPORTS, owner, registration.reason, by)
    take_turn([owner.pk])  # whoever else brings the same in does so before or after
    fresh = _judged(_without_known(inputs, registration), registration, by)
    new, rest = _apart(fresh, _existing(fresh, registration))
    if new:
        if stated is None or not stated.is_of(new):
            stated = fact_columns(new, registration.batch)
        register_new(stated, registration, by=by)
    claims = [
        replace(item, batch=registration.batch) for item in aimed(REPORTS, rest, owner)
    ]
    source, reason = registration.source, registration.reason
    drafts = [new_report(REPORTS, item, owner, country, source, by) for item in claims]
    for report, item in zip(drafts, claims, strict=True):
        report.pack_version = pack_of(country).version
        report.findings = list(item.findings)
    known = {item.hazard.pk for item in claims if item.hazard}
    reports = write_approved(REPORTS, drafts, claims, reason=reason, by=by)
    started = {r.hazard_id for r in reports if r.hazard_id} - known
    created = len(new) + len(started)
    updated = len(reports) - len(started)
    return Registered(created, updated, len(inputs) - len(fresh))


def fact_columns(inputs: Sequence[ReportInput], batch: str) -> FactColumns:
    """Make rows ready that register a new area each; asks the database nothing.

    Args:
        batch: Key of the import that all rows carry.
    """
    return FactColumns(REPORTS, inputs, batch, _measured)


def _measured(shapes: Any) -> Columns:
    sizes = outline_sizes_m2(shapes).tolist()
    return {"area_m2": [None if size != size else size for size in sizes]}


def _judged(
    inputs: Sequence[ReportInput], registration: Registration, by: Actor
) -> list[ReportInput]:
    """Ask the rules about rows that have not been judged as they stand.

    Raises:
        RuleBroken: A row is blocked; names it.
    """
    country, day = registration.country, timezone.localdate()
    open_rows = [item for item in inputs if not item.is_judged(country.pk, day)]
    if not open_rows:
        return list(inputs)
    owner = registration.organisation
    judge = Judge(country, owner, by=by, lenient=True)
    judged = iter(judge.judge(open_rows, judge.look_up(open_rows)))
    found = [
        item if item.is_judged(country.pk, day) else next(judged) for item in inputs
    ]
    for item in found:
        _refuse_blocked(item, judge)
    return found


def _refuse_blocked(item: ReportInput, judge: Judge) -> None:
    try:
        refuse_blocked(item.findings, APPROVE, judge.seen)
    except RuleBroken as fault:
        name = item.external_id or item.reference or item.date_of_information
        raise RuleBroken(f"{name}: {fault.message}", **fault.details) from fault


def _apart(
    inputs: Sequence[ReportInput], existing: dict[str, HazardousArea]
) -> tuple[list[ReportInput], list[ReportInput]]:
    """Return the rows that register a new area each and nothing else, and the rest."""
    times = Counter(item.reference for item in inputs)
    new: list[ReportInput] = []
    rest: list[ReportInput] = []
    for item in inputs:
        alone = item.reference and times[item.reference] == 1 and item.hazard is None
        finds = item.evidence or item.ordnance or item.boxes or item.points
        more = finds or item.retracts
        is_new = alone and not more and item.reference not in existing
        (new if is_new else rest).append(item)
    return new, rest


def _without_known(
    inputs: Sequence[ReportInput], registration: Registration
) -> list[ReportInput]:
    known = known_contents(REPORTS, registration.organisation, inputs)
    return [
        item
        for item in inputs
        if not item.content_hash or (item.external_id, item.content_hash) not in known
    ]


def _existing(
    inputs: Sequence[ReportInput], registration: Registration
) -> dict[str, HazardousArea]:
    references = [item.reference for item in inputs if item.reference]
    rows = HazardousArea.objects.select_for_update().filter(
        among("reference", references), organisation=registration.organisation
    )
    return {row.reference: row for row in rows}
