"""What a report on hazards is: facts of an area, evidence, finds, boxes and points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.geo.entry.grid import squares
from safelane.core.geo.measure import area_m2
from safelane.core.review.kind import Code, ReportKind
from safelane.core.scope import Actor
from safelane.hazards.actions.boxes import box_rows, check_boxes, shared
from safelane.hazards.facts import (
    BOX_LISTS,
    EVIDENCE_LISTS,
    ORDNANCE_LISTS,
    POINT_LISTS,
)
from safelane.hazards.inputs import PointInput, ReportInput
from safelane.hazards.judging.single import evaluate_report
from safelane.hazards.models import (
    Evidence,
    GeoPoint,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.queries import is_closed
from safelane.organisations.review import PROGRAMME

BATCH_SIZE = 500
Pairs = Sequence[tuple[HazardReport, ReportInput]]


def _codes(claims: ReportInput) -> Iterator[Code]:
    groups = (
        (claims.evidence, EVIDENCE_LISTS),
        (claims.ordnance, ORDNANCE_LISTS),
        (claims.boxes, BOX_LISTS),
        (claims.points, POINT_LISTS),
    )
    for items, lists in groups:
        for item in items:
            for field, list_name in lists.items():
                if code := getattr(item, field):
                    yield field, list_name, str(code)


def _fill(report: HazardReport, claims: ReportInput, _by: Actor) -> None:
    shape = report.geometry
    report.area_m2 = None if shape is None else area_m2(shape)
    check_boxes(claims.boxes)


def _place(report: HazardReport, claims: ReportInput) -> Any:
    """Return a point of the polygon, else, where no area is named, the first find."""
    if report.geometry is not None:
        return report.geometry.representative_point()
    if claims.hazard is not None:
        return None
    places = [find.geometry for find in (*claims.evidence, *claims.ordnance)]
    if not places and claims.boxes:
        places = [squares([claims.boxes[0].box])[0].centroid]
    return places[0] if places else None


def _clear_beside(report: HazardReport) -> None:
    for rows in (report.points, report.evidence, report.ordnance, report.boxes):
        rows.all().delete()


def _write_beside(pairs: Pairs) -> None:
    for report, claims in pairs:
        _write_points(report, claims.points)
    evidence = [find_row(Evidence, r, e) for r, item in pairs for e in item.evidence]
    Evidence.objects.bulk_create(evidence, batch_size=BATCH_SIZE)
    finds = [find_row(OrdnanceFound, r, o) for r, item in pairs for o in item.ordnance]
    OrdnanceFound.objects.bulk_create(finds, batch_size=BATCH_SIZE)
    boxes = box_rows((r, box) for r, item in pairs for box in item.boxes)
    SurveyBox.objects.bulk_create(boxes, batch_size=BATCH_SIZE)


def find_row(model: type[Any], report: HazardReport, item: Any) -> Any:
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


def _say_beside(report: HazardReport) -> dict[str, Any]:
    listed: dict[str, Any] = {
        name: [_find_facts(row) for row in _in_order(getattr(report, name))]
        for name in ("evidence", "ordnance", "boxes")
    }
    return listed | {"points": len(report.points.all())}


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


def _tie(report: HazardReport) -> None:
    for rows in (report.evidence, report.ordnance, report.boxes):
        rows.update(hazard=report.hazard)


REPORTS: ReportKind[HazardReport, ReportInput] = ReportKind(
    name="hazard_report",
    importing="hazard.import",
    prefix="HA",
    record="hazard",
    report=HazardReport,
    period=HazardPeriod,
    programme=PROGRAMME,
    rules=evaluate_report,
    beside=("evidence", "ordnance", "boxes"),
    rows_beside=("evidence", "ordnance", "boxes", "points"),
    stands_alone=True,
    codes_beside=_codes,
    fill=_fill,
    place=_place,
    clear_beside=_clear_beside,
    write_beside=_write_beside,
    say_beside=_say_beside,
    is_closed=is_closed,
    tie=_tie,
)
