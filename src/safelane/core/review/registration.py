"""Taking over reports that were approved elsewhere: the one way past the steps.

Rules are asked here, of one report as of a hundred thousand; the checks by people were
made elsewhere, which the reason must say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from safelane.core.bulk.columns import reserve_ids
from safelane.core.bulk.many_values import among
from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.actions import record_all, take_turn
from safelane.core.review import stages
from safelane.core.review.kind import C, R, ReportKind
from safelane.core.review.projection import (
    area_then,
    areas_of,
    hold,
    name_area,
    recompute,
    reports_on,
    timeline_report,
)
from safelane.core.review.stages import APPROVE
from safelane.core.review.steps import judge
from safelane.core.review.timeline import TimelineReport, fold
from safelane.core.review.writing import (
    entry,
    new_report,
    record_facts,
    snapshot,
    take_claims,
)
from safelane.core.scope import Actor

BATCH_SIZE = 500
REGISTERED = ("batch", "device_time", "stage_at")


@transaction.atomic
def register_approved(
    kind: ReportKind[R, C],
    inputs: Sequence[C],
    *,
    organisation: Any,
    country: Any = None,
    reason: str,
    source: str = "import",
    by: Actor,
) -> list[R]:
    """Register reports that were approved elsewhere: all of them or none.

    One whose ``external_id`` came in before with the same content is passed over, so
    that running twice changes nothing; one whose reference is known becomes a report
    on that record.

    Args:
        country: Where; the record's or the organisation's own when None.
        reason: Why they need no review one by one ("legacy register of 2023").

    Raises:
        NotPermitted: The actor may not both import and approve for the organisation.
        RuleBroken, UnknownCode, ...: As for a single report.
    """
    require_registrar(kind, organisation, reason, by)
    take_turn([organisation.pk])  # whoever else brings the same in waits
    known = known_contents(kind, organisation, inputs)
    fresh = [i for i in inputs if (i.external_id, i.content_hash) not in known]
    claims = aimed(kind, fresh, organisation)
    new = [new_report(kind, item, organisation, country, source, by) for item in claims]
    reports = write_approved(kind, new, claims, reason=reason, by=by)
    for report in reports:
        judge(kind, report, APPROVE, by)
        report.save(update_fields=["findings", "pack_version"])
    return reports


def write_approved(
    kind: ReportKind[R, C],
    reports: Sequence[R],
    claims: Sequence[C],
    *,
    reason: str,
    by: Actor,
) -> list[R]:
    """Write new reports as approved, with their records: the caller asks the rules.

    Args:
        reports: Unsaved, from :func:`new_report`, one for each of ``claims``.
    """
    take_turn(report.organisation.pk for report in reports)
    known = (kind.record_of(item) for item in claims)
    now = hold(kind, (row.pk for row in known if row is not None))
    keys = reserve_ids(kind.report, len(reports))
    for key, report, item in zip(keys, reports, claims, strict=True):
        take_claims(kind, report, item, by)
        report.pk = key
        report.stage, report.reason = stages.APPROVED, reason.strip()
        report.approved_at = report.stage_at = now
        report.stage_by_id = by.user_id
    _place_all(kind, reports, claims)
    _give_records(kind, reports, now)
    _save(kind, reports, now)
    kind.write_beside(list(zip(reports, claims, strict=True)), by)
    records = {row.pk: row for r in reports if (row := kind.record_of(r)) is not None}
    recompute(kind, records.values(), now)
    _note(kind, reports, by)
    return list(reports)


def _place_all(
    kind: ReportKind[R, C], reports: Sequence[R], claims: Sequence[C]
) -> None:
    """Find the admin areas of reports of one country together, as one by one."""
    for report, item in zip(reports, claims, strict=True):
        name_area(report, item)
    points = [kind.place(r, item) for r, item in zip(reports, claims, strict=True)]
    placed = [i for i, point in enumerate(points) if point is not None]
    if placed:
        country = reports[placed[0]].country
        found = kind.programme.areas_at(country, [points[i] for i in placed])
        for i, area in zip(placed, found, strict=True):
            reports[i].admin_area_id, reports[i].knows_area = area, True
    before = _Before(kind)
    at = set(placed)
    for i, report in enumerate(reports):
        if i not in at and (report.admin_area_id is None or not report.knows_area):
            before.give_area(report)
        before.add(report)


class _Before:
    """Where the records lay by what was said of them until then, also in this batch."""

    def __init__(self, kind: ReportKind[Any, Any]) -> None:
        self._kind = kind
        self._named: set[Any] = set()
        self._placing: dict[Any, list[TimelineReport]] = {}
        self._held: dict[tuple[Any, date], int | None] = {}

    def add(self, report: Any) -> None:
        """Take in a report of the batch, which those behind it follow."""
        record = self._record(report)
        self._named.add(record)
        told = timeline_report(self._kind, report)
        if record and _is_placing(told):
            if record not in self._placing:
                known = self._kind.record_of(report)
                old = [] if known is None else reports_on(self._kind, [known])[known.pk]
                self._placing[record] = [r for r in old if _is_placing(r)]
            self._placing[record].append(told)
            self._held = {k: v for k, v in self._held.items() if k[0] != record}

    def give_area(self, report: Any) -> None:
        """Give a report without a place that of its record, if there is one by now."""
        record, day = self._record(report), report.date_of_information
        known = self._kind.record_of(report)
        if not record or (known is None and record not in self._named):
            return
        if (record, day) not in self._held:
            self._held[record, day] = self._area(report, known, record, day)
        report.admin_area_id, report.knows_area = self._held[record, day], False

    def _area(self, report: Any, known: Any, record: Any, day: date) -> int | None:
        if record not in self._placing:
            return None if known is None else area_then(self._kind, known, day)
        periods = fold(self._placing[record], self._kind.groups)
        then = [period for period in periods if period.valid_from <= day]
        # A kind that keeps no periods knows of today alone.
        chosen = [*then[-1:], periods[-1]] if self._kind.period else [periods[-1]]
        areas = areas_of(self._kind, [(report, period) for period in chosen])
        return next((area for area in areas if area is not None), None)

    def _record(self, report: Any) -> Any:
        known = self._kind.record_of(report)
        return report.reference if known is None else known.pk


def _is_placing(told: TimelineReport) -> bool:
    return told.place is not None or "geometry" in {*told.stated, *told.retracts}


def require_registrar(
    kind: ReportKind[Any, Any], organisation: Any, reason: str, by: Actor
) -> None:
    """Raise unless the actor answers for reports that nobody here has checked.

    A role for one area does not: a row may lie in another, or change what lies there.

    Raises:
        NotPermitted: The actor may not both import and approve for the organisation.
        InvalidInput: Nothing says where they were approved.
    """
    for verb in (kind.importing, kind.verb("approve")):
        by.require(verb)
        if organisation.pk not in kind.programme.in_reach(by.for_whole_reach(), verb):
            raise NotPermitted(
                _("You cannot take over approved reports of “%(name)s”.")
                % {"name": organisation.name}
            )
    if not reason.strip():
        raise InvalidInput(_("Say where these were approved."), field="reason")


def known_contents(
    kind: ReportKind[Any, Any], organisation: Any, inputs: Iterable[Any]
) -> set[tuple[str, str]]:
    """Return identifier and content of those that came in before and still stand.

    Withdrawn reports do not count: what they said may come in again.
    """
    digests = [item.content_hash for item in inputs if item.content_hash]
    # Organisation and stage are compared here: without statistics, SQLite would go by
    # them and look through all reports.
    rows = kind.reports.filter(among("content_hash", digests))
    found = rows.values_list("organisation_id", "stage", "external_id", "content_hash")
    return {
        (external, content)
        for owner, stage, external, content in found
        if owner == organisation.pk and stage != stages.WITHDRAWN
    }


def aimed(kind: ReportKind[R, C], inputs: Sequence[C], organisation: Any) -> list[C]:
    """Return claims as reports on the records that have their references, if any."""
    names = [item.reference for item in inputs if item.reference]
    rows = kind.record_model._default_manager.filter(
        among("reference", names), organisation=organisation
    )
    known = {row.reference: row for row in rows}
    return [
        replace(item, **{kind.record: found, "reference": ""})
        if kind.record_of(item) is None and (found := known.get(item.reference))
        else item
        for item in inputs
    ]


def _give_records(
    kind: ReportKind[R, Any], reports: Sequence[R], now: datetime
) -> None:
    """Create the records that the reports propose, one per reference."""
    model: Any = kind.record_model
    fresh: dict[str, Any] = {}
    for report in reports:
        row: Any = report
        if kind.record_of(report) is None and row.reference:
            fresh.setdefault(
                row.reference,
                model(
                    organisation=row.organisation,
                    reference=row.reference,
                    country=row.country,
                    admin_area=row.admin_area,
                    updated_at=now,
                ),
            )
            setattr(row, kind.record, fresh[row.reference])
    for record in fresh.values():
        record.save()
    for report in reports:  # take over the keys that the records have got
        setattr(report, kind.record, kind.record_of(report))


def _save(kind: ReportKind[R, Any], reports: Sequence[R], now: datetime) -> None:
    marks = kind.numbers(now, ((r.pk, r.organisation) for r in reports))
    for number, report in zip(marks, reports, strict=True):
        report.number = number
    kind.reports.bulk_create(reports, batch_size=BATCH_SIZE)


def _note(kind: ReportKind[R, Any], reports: Sequence[R], by: Actor) -> None:
    prefetch_related_objects(list(reports), *kind.rows_beside)
    entries = []
    for report in reports:
        said = snapshot(kind, report) | record_facts(kind, report)
        about = ((name, getattr(report, name)) for name in REGISTERED)
        said |= {name: value for name, value in about if value is not None}
        reason = report.reason
        told = entry(kind, "register", report, None, said, may="approve", reason=reason)
        entries.append(told)
    record_all(entries, by=by)
