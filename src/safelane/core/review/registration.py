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
from safelane.core.review.projection import area_then, hold, name_area, recompute
from safelane.core.review.stages import APPROVE
from safelane.core.review.steps import judge
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
    for report, item in zip(reports, claims, strict=True):
        take_claims(kind, report, item, by)
        report.stage, report.reason = stages.APPROVED, reason.strip()
        report.approved_at = report.stage_at = now
        report.stage_by_id = by.user_id
    _place_all(kind, reports, claims)
    _give_records(kind, reports, now)
    _save(kind, reports, claims, now)
    records = {row.pk: row for r in reports if (row := kind.record_of(r)) is not None}
    recompute(kind, records.values(), now)
    _note(kind, reports, by)
    return list(reports)


def _place_all(
    kind: ReportKind[R, C], reports: Sequence[R], claims: Sequence[C]
) -> None:
    """Find the admin areas of reports of one country together."""
    of: dict[tuple[int, date], int | None] = {}
    for report, item in zip(reports, claims, strict=True):
        if (known := kind.record_of(item)) is not None:
            key = known.pk, item.date_of_information
            if key not in of:
                of[key] = area_then(kind, known, item.date_of_information)
            report.admin_area_id, report.knows_area = of[key], False
        name_area(report, item)
    points = [kind.place(r, item) for r, item in zip(reports, claims, strict=True)]
    placed = [i for i, point in enumerate(points) if point is not None]
    if placed:
        country = reports[placed[0]].country
        found = kind.programme.areas_at(country, [points[i] for i in placed])
        for i, area in zip(placed, found, strict=True):
            reports[i].admin_area_id, reports[i].knows_area = area, True


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


def _save(
    kind: ReportKind[R, C], reports: Sequence[R], claims: Sequence[C], now: datetime
) -> None:
    keys = reserve_ids(kind.report, len(reports))
    keyed = zip(keys, (report.organisation for report in reports), strict=True)
    marks = kind.numbers(now, keyed)
    for key, number, report in zip(keys, marks, reports, strict=True):
        report.pk, report.number = key, number
    kind.reports.bulk_create(reports, batch_size=BATCH_SIZE)
    kind.write_beside(list(zip(reports, claims, strict=True)))


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
