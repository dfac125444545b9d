"""What a report on hazards is: facts of an area, evidence, finds, boxes and points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry import Point

from safelane.core.errors import InvalidInput
from safelane.core.geo.entry.grid import GridBox, fit, squares
from safelane.core.geo.errors import OffGrid
from safelane.core.geo.measure import area_m2
from safelane.core.review.kind import ReportKind
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.hazards.inputs import BoxInput, PointInput, ReportInput
from safelane.hazards.judging.ground import evaluate_report
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
TOLERANCE_PARAMETER = "box_grid_tolerance_m"
MOST_PERCENT = 100
Pairs = Sequence[tuple[HazardReport, ReportInput]]


def find_boxes(
    shapes: Sequence[Any], sizes: Sequence[int], pack: CountryPack
) -> list[GridBox | OffGrid]:
    """Return, per outline or middle, its box, or why it is none.

    Args:
        shapes: Polygons and points, WGS 84, not empty.
        sizes: Side of the box of each shape, metres.
    """
    near_m = float(pack.parameter(TOLERANCE_PARAMETER))
    found = fit(shapes, sizes, pack.utm_zones, near_m)
    return [
        box if off <= near_m and box.exists else _off_grid(box, off, near_m)
        for box, off in found
    ]


def find_box(shape: Any, size_m: int, pack: CountryPack) -> GridBox:
    """Return the box whose outline or middle ``shape`` is.

    Raises:
        OffGrid: It is farther from every box than the country allows.
    """
    (found,) = find_boxes([shape], [size_m], pack)
    if isinstance(found, OffGrid):
        raise found
    return found


def _off_grid(box: GridBox, off_m: float, near_m: float) -> OffGrid:
    message = _(
        "This is no box of the %(size)s m grid: it is %(off)s m away from box "
        "%(box)s, and %(near)s m are allowed. Give the outline or the middle of a "
        "box, or its grid number."
    )
    said = {"size": box.size_m, "box": box.number}
    said |= {"off": f"{off_m:.0f}", "near": f"{near_m:g}"}
    return OffGrid(message % said, field="geometry")


def check_boxes(items: Sequence[BoxInput]) -> None:
    """Refuse boxes that a report cannot hold.

    Raises:
        InvalidInput: A box stands twice, is none, or was searched to more than all.
    """
    seen: set[GridBox] = set()
    for item in items:
        if not item.box.exists:
            message = _("There is no box %(box)s: check zone, column and row.")
        elif item.box in seen:
            message = _("Box %(box)s stands twice in this report. Keep one of the two.")
        elif not 0 <= (item.searched_percent or 0) <= MOST_PERCENT:
            message = _("Box %(box)s: %(share)s %% is no share of a box.")
        else:
            seen.add(item.box)
            continue
        said = {"box": item.box.number, "share": item.searched_percent}
        raise InvalidInput(message % said, field="boxes")


def box_rows(
    pairs: Iterable[tuple[HazardReport, BoxInput]],
) -> list[SurveyBox]:
    """Return unsaved boxes of saved reports, with their outlines."""
    listed = list(pairs)
    outlines = squares([item.box for _report, item in listed])
    return [
        SurveyBox(
            grid_number=item.box.number,
            zone=item.box.zone,
            column=item.box.column,
            row=item.box.row,
            size_m=item.box.size_m,
            geometry=outline,
            result=item.result,
            searched_percent=item.searched_percent,
            searched_on=item.searched_on,
            **shared(report, item),
        )
        for (report, item), outline in zip(listed, outlines, strict=True)
    ]


def shared(report: HazardReport, item: Any) -> dict[str, Any]:
    """Return what every fact inside a report takes from it and from its input."""
    return {
        "report": report,
        "hazard_id": report.hazard_id,
        "organisation_id": report.organisation_id,
        "country_id": report.country_id,
        "admin_area_id": report.admin_area_id,
        "description": item.description,
        "position_text": item.position_text,
        "external_id": item.external_id,
        "extra": item.extra,
    }


def _fill(report: HazardReport, claims: ReportInput, _by: Actor) -> None:
    shape = report.geometry
    # A place without an outline has no size but the one that is stated.
    has_outline = shape is not None and not isinstance(shape, Point)
    report.area_m2 = area_m2(shape) if has_outline else None
    check_boxes(claims.boxes)


def _place(report: HazardReport, claims: ReportInput) -> Any:
    """Return a point of the polygon, else the first find.

    Where the area that is named has a district, that counts and not the find.
    """
    if report.geometry is not None:
        return report.geometry.representative_point()
    if claims.hazard is not None and claims.hazard.admin_area_id is not None:
        return None
    places = [find.geometry for find in (*claims.evidence, *claims.ordnance)]
    if not places and claims.boxes:
        places = [squares([claims.boxes[0].box])[0].centroid]
    return places[0] if places else None


def _write_beside(pairs: Pairs, _by: Actor) -> None:
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
            message = _(
                "Point %(order)s is measured from point %(start)s, which comes "
                "later or not at all."
            )
            said = {"order": item.order, "start": start}
            raise InvalidInput(message % said, field="points")
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
        and (value := getattr(row, field.attname)) not in (None, "", {})
    }


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
    fill=_fill,
    place=_place,
    write_beside=_write_beside,
    say_beside=_say_beside,
    is_closed=is_closed,
)
