"""World records as what the actions take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safelane.core.geo.entry import outline
from safelane.core.geo.entry.grid import GridBox
from safelane.demo.world.finds import survey_day
from safelane.demo.world.kinds import Box, Evidence, GeoPoint, Hazard, Report
from safelane.hazards import choices
from safelane.hazards.inputs import (
    BoxInput,
    EvidenceInput,
    OrdnanceInput,
    PointInput,
    ReportInput,
)
from safelane.hazards.models import HazardousArea

WGS84 = "EPSG:4326"
RESULTS = {
    "red": "submunition",
    "yellow": "fragments",
    "blue": "other_uxo",
    "green": "nothing_found",
    "grey": "not_surveyable",
}
Signs = Mapping[str, Sequence[Evidence]]


def reference_of(hazard: Hazard) -> str:
    """Return the reference under which an area is registered."""
    return hazard.key


def report_input(
    hazard: Hazard, report: Report, signs: Signs, area: HazardousArea | None = None
) -> ReportInput:
    """Return one report with the evidence and finds that came with it."""
    with_it = [e for e in signs.get(hazard.key, ()) if _came_with(hazard, report, e)]
    walked = report.geometry is not None and report.geometry == hazard.geometry
    return ReportInput(
        date_of_information=report.info_date,
        hazard=area,
        reference="" if area else reference_of(hazard),
        facts=_facts(report, is_walked=walked and bool(hazard.points)),
        evidence=tuple(evidence_input(item) for item in with_it),
        ordnance=tuple(_finds(hazard, report, signs)),
        points=tuple(_points(hazard.points)) if walked else (),
        external_id=report.key,
        content_hash=hashlib.sha256(report.key.encode()).hexdigest(),
    )


def sheet_input(key: str, evidence: Sequence[Evidence]) -> ReportInput:
    """Return a survey sheet: evidence that belongs to no area yet."""
    return ReportInput(
        date_of_information=max(item.observed for item in evidence),
        evidence=tuple(evidence_input(item) for item in evidence),
        external_id=key,
        content_hash=hashlib.sha256(key.encode()).hexdigest(),
    )


def box_sheet_input(key: str, boxes: Sequence[Box]) -> ReportInput:
    """Return the sheet of one day's box survey."""
    return ReportInput(
        date_of_information=boxes[0].surveyed,
        boxes=tuple(
            BoxInput(
                box=GridBox(box.epsg, box.size_m, box.column, box.row),
                result=RESULTS[box.colour],
                searched_percent=box.percent,
                searched_on=box.surveyed,
                external_id=box.key,
            )
            for box in boxes
        ),
        external_id=key,
        content_hash=hashlib.sha256(key.encode()).hexdigest(),
    )


def evidence_input(item: Evidence) -> EvidenceInput:
    return EvidenceInput(
        directness=choices.DIRECT if item.direct else choices.INDIRECT,
        kind=item.kind,
        grade=item.grade,
        geometry=item.geometry,
        found_on=item.observed,
        accuracy_m=item.accuracy_m,
        description=item.note,
        external_id=item.key,
        count=max(item.count, 1),
        ordnance_category=item.category,
        ordnance_model=item.ordnance,
    )


def _facts(report: Report, *, is_walked: bool) -> dict[str, Any]:
    facts = dict(report.changes)
    if report.geometry is not None:
        facts["geometry"] = report.geometry
        facts["geometry_crs"] = WGS84
        facts["geometry_method"] = outline.TRAVERSE if is_walked else outline.FILE
    return {name: value for name, value in facts.items() if value not in ("", [])}


def _came_with(hazard: Hazard, report: Report, item: Evidence) -> bool:
    """Say whether a piece of evidence was gathered for this report."""
    return (
        report.geometry is not None
        and survey_day(hazard, item.direct) == report.info_date
    )


def _finds(hazard: Hazard, report: Report, signs: Signs) -> Iterator[OrdnanceInput]:
    """Yield what was found and destroyed when the work on an area ended."""
    if report.changes.get("status") != "closed" or hazard.kind == "sha":
        return
    for item in signs.get(hazard.key, ()):
        if item.ordnance:
            yield OrdnanceInput(
                geometry=item.geometry,
                count=item.count,
                found_on=report.info_date,
                accuracy_m=item.accuracy_m,
                external_id=f"{item.key}-O",
                category=item.category,
                model=item.ordnance,
                condition=item.condition,
                depth_cm=item.depth_cm,
            )


def _points(points: Sequence[GeoPoint]) -> Iterator[PointInput]:
    for point in points:
        yield PointInput(
            order=point.number,
            kind=point.kind,
            geometry=point.geometry,
            label=f"P{point.number}",
            from_order=point.number - 1 if point.bearing is not None else None,
            bearing_deg=point.bearing,
            distance_m=point.distance,
            fixed_by="compass" if point.bearing is not None else "gnss",
            description=point.description,
        )
