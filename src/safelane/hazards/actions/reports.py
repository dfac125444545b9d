"""Writing drafts: what a person, a file or a device claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.geo import area_m2
from safelane.core.geo.entry.grid import squares
from safelane.core.history.actions import Entry, record
from safelane.core.review import stages
from safelane.core.review.errors import (
    EmptyReport,
    NotADraft,
    ReferenceTaken,
    UnknownFact,
)
from safelane.core.review.groups import refuse_loose_facts
from safelane.core.scope import Actor, system_actor
from safelane.hazards.actions.boxes import box_rows, check_boxes, shared
from safelane.hazards.actions.codes import check_codes
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.inputs import (
    EvidenceInput,
    OrdnanceInput,
    PointInput,
    ReportInput,
)
from safelane.hazards.models import (
    Evidence,
    GeoPoint,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.models.facts import (
    blank_fact,
)
from safelane.hazards.policies import HazardPolicy, ReportPolicy
from safelane.hazards.queries import state_of
from safelane.organisations.models import Country, Organisation
from safelane.organisations.queries import area_at, organisations_in_reach

REPORT = "hazard_report"
COMPUTED = frozenset({"area_m2"})


@transaction.atomic
def create_report(
    claims: ReportInput,
    *,
    organisation: Organisation,
    country: Country | None = None,
    source: str = "page",
    by: Actor,
) -> HazardReport:
    """Write a draft report in the name of an organisation.

    Args:
        claims: What it says.
        country: Where; the area's or the organisation's country when None.
        source: ``page``, ``api``, ``import``, ``odk``, ``detector`` or ``demo``.

    Raises:
        NotPermitted: The organisation or the area is outside the actor's scope.
        EmptyReport, UnknownFact, LooseFact, UnknownCode, ReferenceTaken,
            InvalidInput: The claims cannot stand as they are.
    """
    by.require(f"{REPORT}.report")
    _require_reach(organisation, claims, by)
    place = country or (claims.hazard or organisation).country
    if place is None:
        raise InvalidInput(_("Say in which country this is."), field="country")
    report = HazardReport(
        organisation=organisation,
        country=place,
        source=source,
        entered_by_id=by.user_id,
    )
    _write(report, claims)
    (report.number,) = report_numbers(organisation, report.entered_at, [report.pk])
    report.save(update_fields=["number"])
    _note(f"{REPORT}.create", report, None, by)
    return report


def report_numbers(
    organisation: Organisation, day: datetime, keys: Iterable[int]
) -> list[str]:
    """Return the numbers of an organisation's reports; the key keeps them apart."""
    prefix = f"{organisation.short_name}-HA-{day:%Y%m%d}"
    return [f"{prefix}-{key}" for key in keys]


@transaction.atomic
def update_report(
    report: HazardReport, claims: ReportInput, *, by: Actor
) -> HazardReport:
    """Replace what a draft says.

    Raises:
        NotADraft: The report has been submitted; a new report corrects it.
    """
    ReportPolicy.require_row(by, "report", report)
    report = HazardReport.objects.select_for_update().get(pk=report.pk)
    if report.stage != stages.DRAFT:
        raise NotADraft(
            _("Report %(number)s is no longer a draft. Write a new report instead.")
            % {"number": report.number}
        )
    _require_reach(report.organisation, claims, by)
    before = snapshot(report)
    for rows in (report.points, report.evidence, report.ordnance, report.boxes):
        rows.all().delete()
    _write(report, claims)
    _note(f"{REPORT}.update", report, before, by)
    return report


def _require_reach(organisation: Organisation, claims: ReportInput, by: Actor) -> None:
    if organisation.pk not in organisations_in_reach(by, f"{REPORT}.report"):
        raise NotPermitted(
            _("You cannot report in the name of “%(name)s”.")
            % {"name": organisation.name}
        )
    if claims.hazard is not None:
        HazardPolicy.require_row(by, "view", claims.hazard)


def _write(report: HazardReport, claims: ReportInput) -> None:
    fill(report, claims)
    _refuse_empty(claims)
    _refuse_taken_reference(report)
    check_codes(report, claims)
    check_boxes(claims.boxes)
    if report.admin_area_id is None:
        report.admin_area = _area_of(report, claims)
    try:
        report.full_clean(exclude=["geometry"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(messages), field=field) from error
    report.save()
    _write_points(report, claims.points)
    evidence = [find_row(Evidence, report, item) for item in claims.evidence]
    Evidence.objects.bulk_create(evidence)
    ordnance = [find_row(OrdnanceFound, report, item) for item in claims.ordnance]
    OrdnanceFound.objects.bulk_create(ordnance)
    SurveyBox.objects.bulk_create(box_rows((report, item) for item in claims.boxes))


def fill(report: HazardReport, claims: ReportInput) -> None:
    """Copy the claims onto the report's own columns.

    Raises:
        UnknownFact: A fact has no column.
        LooseFact: A fact stands without the one that leads it.
    """
    named = set(claims.facts) | set(claims.retracts)
    unknown = named - set(FACT_FIELDS) | named & COMPUTED
    if unknown:
        names = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": names})
    refuse_loose_facts(HazardReport, claims.facts, claims.retracts, FACT_GROUPS)
    for name in FACT_FIELDS:
        default = blank_fact(name)
        setattr(report, name, claims.facts.get(name, default))
    report.hazard, report.reference = claims.hazard, claims.reference.strip()
    report.date_of_information = claims.date_of_information
    report.retracts = sorted(claims.retracts)
    report.external_id, report.content_hash = claims.external_id, claims.content_hash
    report.batch, report.device_time = claims.batch, claims.device_time
    report.area_m2 = None if report.geometry is None else area_m2(report.geometry)


def _refuse_empty(claims: ReportInput) -> None:
    speaks = claims.facts or claims.retracts
    if not (speaks or claims.evidence or claims.ordnance or claims.boxes):
        raise EmptyReport(
            _("The report says nothing yet: state a fact, a find or a box.")
        )
    if speaks and claims.hazard is None and not claims.reference.strip():
        raise EmptyReport(
            _("Say which area this is about, or give the new area a reference."),
            field="reference",
        )


def _refuse_taken_reference(report: HazardReport) -> None:
    if report.hazard_id is not None or not report.reference:
        return
    taken = HazardousArea.objects.filter(
        organisation=report.organisation, reference=report.reference
    )
    if taken.exists():
        raise ReferenceTaken(
            _(
                "The reference “%(reference)s” is taken. Report on that area, or "
                "choose another reference."
            )
            % {"reference": report.reference},
            field="reference",
        )


def _area_of(report: HazardReport, claims: ReportInput) -> Any:
    finds = (*claims.evidence, *claims.ordnance)
    if report.geometry is not None:
        return area_at(report.country, report.geometry.representative_point())
    if report.hazard is not None:
        return _area_then(report.hazard, report.date_of_information)
    places = [find.geometry for find in finds]
    if not places and claims.boxes:
        places = [squares([claims.boxes[0].box])[0].centroid]
    return area_at(report.country, places[0]) if places else None


def _area_then(hazard: HazardousArea, day: date) -> Any:
    """Return where an area lay on a day; before anything was known of it, today's."""
    held = state_of(hazard, system_actor(), on=day)
    return hazard.admin_area if held is None else held.admin_area


def find_row(
    model: type[Any], report: HazardReport, item: EvidenceInput | OrdnanceInput
) -> Any:
    """Return an unsaved evidence or ordnance row of a report."""
    facts = {f.name: getattr(item, f.name) for f in dataclass_fields(item)}
    return model(**(facts | shared(report, item)))


def _write_points(report: HazardReport, points: tuple[PointInput, ...]) -> None:
    saved: dict[int, GeoPoint] = {}
    for item in sorted(points, key=lambda point: point.order):
        facts = {f.name: getattr(item, f.name) for f in dataclass_fields(item)}
        start = facts.pop("from_order")
        if start is not None and start not in saved:
            raise InvalidInput(
                _(
                    "Point %(order)s is measured from point %(start)s, which comes "
                    "later or not at all."
                )
                % {"order": item.order, "start": start},
                field="points",
            )
        origin = None if start is None else saved[start]
        saved[item.order] = GeoPoint.objects.create(
            report=report, from_point=origin, **facts
        )


def snapshot(report: HazardReport) -> dict[str, Any]:
    """Return what a report says, for the history."""
    return {
        "reference": report.reference or str(report.hazard or ""),
        "date_of_information": report.date_of_information,
        "retracts": report.retracts,
        **{
            name: [_find_facts(row) for row in _in_order(getattr(report, name))]
            for name in ("evidence", "ordnance", "boxes")
        },
        "points": len(report.points.all()),
        **report.stated_facts(),
    }


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows.all(), key=lambda row: row.pk)  # all(): may be fetched already


def _find_facts(row: Evidence | OrdnanceFound | SurveyBox) -> dict[str, Any]:
    skipped = {"id", "report", "hazard", "organisation", "country", "admin_area"}
    return {
        field.name: value
        for field in row._meta.concrete_fields
        if field.name not in skipped
        and not field.name.startswith(("geometry_x", "geometry_y"))
        and (value := getattr(row, field.attname)) not in (None, "")
    }


def _note(
    verb: str, report: HazardReport, before: dict[str, Any] | None, by: Actor
) -> None:
    entry = Entry(
        report.organisation_id,
        verb,
        REPORT,
        report.uid,
        report.number,
        before,
        snapshot(report),
        source=report.source,
        device_time=report.device_time,
        permission=f"{REPORT}.report",
    )
    record(entry, by=by)
