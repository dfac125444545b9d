"""Many reports at once: a legacy register, a survey's sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.bulk.among import among
from safelane.core.bulk.columns import reserve_ids
from safelane.core.errors import NotPermitted
from safelane.core.geo import areas_m2
from safelane.core.history.actions import Entry, record_all
from safelane.core.review import stages
from safelane.core.scope import Actor
from safelane.hazards.actions.boxes import box_rows, check_boxes
from safelane.hazards.actions.codes import check_codes
from safelane.hazards.actions.projection import (
    admin_areas,
    period_row,
    project,
    recompute,
    timeline_report,
)
from safelane.hazards.actions.rapid import register_new
from safelane.hazards.actions.reports import (
    REPORT,
    fill,
    find_row,
    report_numbers,
    snapshot,
)
from safelane.hazards.actions.review import move_report
from safelane.hazards.actions.stated import Stated
from safelane.hazards.facts import FACT_GROUPS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.timeline import Period, fold
from safelane.organisations.models import Country, Organisation
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import AreaFinder, organisations_in_reach

BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class Registered:
    """What a bulk registration did: areas created, reports added, rows unchanged."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Registration:
    """In whose name, where and why many approved reports come in.

    Args:
        batch: Key of the import that all rows carry.
        reason: Why they need no review row by row ("legacy register of 2023").
        is_fresh: The caller has left out the rows that came in before.
    """

    organisation: Organisation
    country: Country
    batch: str
    reason: str
    source: str = "import"
    is_fresh: bool = False


# No savepoint: inside one, SQLite's journal in memory makes each row dearer than the
# one before.
@transaction.atomic(savepoint=False)
def register_approved(
    inputs: Sequence[ReportInput],
    registration: Registration,
    *,
    by: Actor,
    stated: Stated | None = None,
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
    _require(registration, by)
    now = timezone.now()
    fresh = _without_known(inputs, registration)
    existing = _existing(fresh, registration)
    new, rest = _apart(fresh, existing)
    if new:
        if stated is None or stated.inputs != new:
            stated = Stated(new, registration.batch)
        finder = AreaFinder(registration.country)
        register_new(stated, registration, now, finder, by=by)
    reports = _reports(rest, registration, by, now)
    created = _new_areas(reports, existing, now)
    _save_reports(reports, rest)
    _save_periods(created.values(), now)
    for hazard in {r.hazard for r in reports if r.hazard}:
        if hazard.reference not in created:
            recompute(hazard, now)
    _note(reports, registration, by)
    unchanged = len(inputs) - len(fresh)
    updated = len(reports) - len(created)
    return Registered(len(new) + len(created), updated, unchanged)


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


def _require(registration: Registration, by: Actor) -> None:
    for verb in ("hazard.import", f"{REPORT}.approve"):
        by.require(verb)
        if registration.organisation.pk not in organisations_in_reach(by, verb):
            raise NotPermitted(
                _("You cannot register areas for “%(name)s”.")
                % {"name": registration.organisation.name}
            )


def _without_known(
    inputs: Sequence[ReportInput], registration: Registration
) -> list[ReportInput]:
    if registration.is_fresh:
        return list(inputs)
    hashes = [item.content_hash for item in inputs if item.content_hash]
    known = known_contents(registration.organisation, hashes)
    return [
        item
        for item in inputs
        if not item.content_hash or (item.external_id, item.content_hash) not in known
    ]


def known_contents(
    organisation: Organisation, hashes: Sequence[str]
) -> set[tuple[str, str]]:
    """Return the (external id, content hash) of reports that stand with these hashes.

    Withdrawn reports do not count: what they said may come in again.
    """
    # Organisation and stage are compared here: without statistics, SQLite would go by
    # them and look through all reports.
    rows = HazardReport.objects.filter(among("content_hash", hashes))
    found = rows.values_list("organisation_id", "stage", "external_id", "content_hash")
    return {
        (external, content)
        for owner, stage, external, content in found
        if owner == organisation.pk and stage != stages.WITHDRAWN
    }


def _reports(
    inputs: Sequence[ReportInput], registration: Registration, by: Actor, now: datetime
) -> list[HazardReport]:
    version = pack_of(registration.country).version
    reports = []
    keys = reserve_ids(HazardReport, len(inputs))
    numbers = report_numbers(registration.organisation, now, keys)
    for key, number, item in zip(keys, numbers, inputs, strict=True):
        report = HazardReport(
            pk=key,
            number=number,
            organisation=registration.organisation,
            country=registration.country,
            stage=stages.APPROVED,
            source=registration.source,
            entered_by_id=by.user_id,
            stage_at=now,
            stage_by_id=by.user_id,
            approved_at=now,
            reason=registration.reason,
            pack_version=version,
            findings=list(item.findings),
        )
        fill_without_area(report, item, registration.batch)
        check_codes(report, item)
        check_boxes(item.boxes)
        reports.append(report)
    _measure(reports, registration.country)
    return reports


def fill_without_area(report: HazardReport, item: ReportInput, batch: str) -> None:
    """Copy claims; the area is measured for all rows together afterwards."""
    fill(report, item)
    report.batch = batch


def _measure(reports: Sequence[HazardReport], country: Country) -> None:
    placed = [r for r in reports if r.geometry is not None]
    geometries = np.array([r.geometry for r in placed], dtype=object)
    if not placed:
        return
    finder = AreaFinder(country)
    inside = finder.at(shapely.point_on_surface(geometries))
    for report, area, where in zip(placed, areas_m2(geometries), inside, strict=True):
        report.area_m2, report.admin_area_id = float(area), where


def _existing(
    inputs: Sequence[ReportInput], registration: Registration
) -> dict[str, HazardousArea]:
    references = [item.reference for item in inputs if item.reference]
    rows = HazardousArea.objects.select_for_update().filter(
        among("reference", references), organisation=registration.organisation
    )
    return {row.reference: row for row in rows}


def _new_areas(
    reports: Sequence[HazardReport], existing: dict[str, HazardousArea], now: datetime
) -> dict[str, list[HazardReport]]:
    """Give every report its area; return the reports of each area that is new."""
    groups: dict[str, list[HazardReport]] = {}
    for report in reports:
        if report.hazard is not None or not report.reference:
            continue
        report.hazard = existing.get(report.reference)
        if report.hazard is None:
            groups.setdefault(report.reference, []).append(report)
    areas = [_area(group, now) for group in groups.values()]
    HazardousArea.objects.bulk_create(areas, batch_size=BATCH_SIZE)
    for area, group in zip(areas, groups.values(), strict=True):
        for report in group:
            report.hazard = area
    return groups


def _area(reports: Sequence[HazardReport], now: datetime) -> HazardousArea:
    first = reports[0]
    hazard = HazardousArea(
        organisation=first.organisation,
        country=first.country,
        reference=first.reference,
        updated_at=now,
    )
    project(hazard, *_periods(reports), now)
    return hazard


def _periods(
    reports: Sequence[HazardReport],
) -> tuple[list[Period], list[int | None]]:
    """Return the periods that reports of one moment make, and where each lay."""
    periods = fold([timeline_report(row) for row in reports], groups=FACT_GROUPS)
    return periods, admin_areas(periods, reports, lambda report: report.admin_area_id)


def _save_reports(
    reports: Sequence[HazardReport], inputs: Sequence[ReportInput]
) -> None:
    HazardReport.objects.bulk_create(reports, batch_size=BATCH_SIZE)
    pairs = list(zip(reports, inputs, strict=True))
    evidence = [find_row(Evidence, r, e) for r, item in pairs for e in item.evidence]
    Evidence.objects.bulk_create(evidence, batch_size=BATCH_SIZE)
    ordnance = [
        find_row(OrdnanceFound, r, o) for r, item in pairs for o in item.ordnance
    ]
    OrdnanceFound.objects.bulk_create(ordnance, batch_size=BATCH_SIZE)
    boxes = box_rows((r, box) for r, item in pairs for box in item.boxes)
    SurveyBox.objects.bulk_create(boxes, batch_size=BATCH_SIZE)


def _save_periods(groups: Iterable[Sequence[HazardReport]], now: datetime) -> None:
    rows = []
    for group in groups:
        hazard = group[0].hazard
        assert hazard is not None  # noqa: S101 - given just before
        rows += [
            period_row(hazard, period, place, now)
            for period, place in zip(*_periods(group), strict=True)
        ]
    HazardPeriod.objects.bulk_create(rows, batch_size=BATCH_SIZE)


def _note(
    reports: Sequence[HazardReport], registration: Registration, by: Actor
) -> None:
    prefetch_related_objects(reports, "evidence", "ordnance", "boxes", "points")
    entries = [
        Entry(
            report.organisation_id,
            f"{REPORT}.register",
            REPORT,
            report.uid,
            report.number,
            None,
            snapshot(report) | {"batch": report.batch},
            reason=registration.reason,
            source=registration.source,
            permission=f"{REPORT}.approve",
        )
        for report in reports
    ]
    record_all(entries, by=by)


@transaction.atomic
def submit_many(reports: Sequence[HazardReport], *, by: Actor) -> list[HazardReport]:
    """Submit several drafts: all of them or none."""
    return [move_report(report, stages.SUBMIT, by=by) for report in reports]
