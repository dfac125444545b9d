"""Asking the country pack's rules about a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import shapely
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from safelane.core.review import stages
from safelane.core.scope import system_actor
from safelane.countries import CountryPack, load_pack
from safelane.hazards.actions.boxes import SHARE_PARAMETER, usual_size
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT, SUBMUNITION
from safelane.hazards.models import Evidence, HazardReport, OrdnanceFound
from safelane.hazards.queries import overlapping, state_of
from safelane.hazards.rules import (
    BoxFacts,
    FindFacts,
    Finding,
    OverlapFacts,
    PointFacts,
    ReportFacts,
    evaluate,
)
from safelane.hazards.traverses import closure_of
from safelane.organisations.models import Country

NEAR_PARAMETER = "near_evidence_m"


def evaluate_report(report: HazardReport, today: date | None = None) -> list[Finding]:
    """Return what the rules in force today say of a saved report."""
    day = today or timezone.localdate()
    pack = load_pack(report.country.pack)
    return evaluate(report_facts(report, pack, day), pack, day)


def report_facts(report: HazardReport, pack: CountryPack, today: date) -> ReportFacts:
    """Return a report with what the register knows around it."""
    kind, status, ground = _before(report)
    ground = report.geometry or ground
    closure = closure_of(report)
    return ReportFacts(
        today=today,
        date_of_information=report.date_of_information,
        kind_before=kind,
        kind_after=report.kind or kind,
        status_before=status,
        status_after=report.status or status,
        status_reason=report.status_reason,
        geometry=report.geometry,
        area_m2=report.area_m2,
        stated_area_m2=report.stated_area_m2,
        depth_cm=report.depth_cm,
        ground_known=ground is not None,
        finds=tuple(_finds(report)),
        boxes=tuple(_boxes(report)),
        box_size_m=usual_size(pack),
        box_share=float(pack.parameter(SHARE_PARAMETER, today)),
        points=tuple(_points(report)),
        overlaps=_overlaps(report),
        closure_m=None if closure is None else closure.error_m,
        perimeter_m=None if closure is None else closure.perimeter_m,
        bounds=pack.bounds,
        **_direct_evidence(report, ground, _near_m(pack, today)),
    )


def _near_m(pack: CountryPack, on: date) -> float:
    return float(pack.parameter(NEAR_PARAMETER, on))


def _before(report: HazardReport) -> tuple[str, str, BaseGeometry | None]:
    """Return kind, status and ground on the report's date, before this report."""
    if report.hazard is None:
        return "", "", None
    period = state_of(report.hazard, system_actor(), on=report.date_of_information)
    if period is None:
        return "", "", None
    return period.kind, period.status, period.geometry


def _direct_evidence(
    report: HazardReport, ground: BaseGeometry | None, near_m: float
) -> dict[str, Any]:
    rows = direct_evidence_rows(report, ground, near_m)
    positions = tuple(row.geometry for row in rows)
    inside = [p for p in positions if ground is not None and ground.intersects(p)]
    return {
        "direct_evidence": len(positions),
        "direct_inside": len(inside),
        "direct_positions": positions,
    }


def direct_evidence_rows(
    report: HazardReport, ground: BaseGeometry | None, near_m: float
) -> QuerySet[Evidence]:
    """Return direct evidence of the report, of its area, and on or near the ground."""
    approved = Q(report__stage=stages.APPROVED)
    where = Q(report=report)
    if report.hazard_id is not None:
        where |= approved & Q(hazard=report.hazard_id)
    if ground is not None:
        where |= approved & Q(geometry__dwithin=(ground, near_m))
    return Evidence.objects.filter(where, country=report.country, directness=DIRECT)


def _overlaps(report: HazardReport) -> tuple[OverlapFacts, ...]:
    if report.geometry is None:
        return ()
    # The rules see all areas of the register, whoever asks: ground is shared by all.
    found = overlapping(system_actor(), report.geometry, exclude=report.hazard_id)
    return tuple(
        OverlapFacts(reference=o.hazard.reference, share=o.share, area_m2=o.area_m2)
        for o in found
    )


def _finds(report: HazardReport) -> Iterator[FindFacts]:
    for number, row in enumerate(report.evidence.order_by("pk"), start=1):
        yield FindFacts(
            label=f"evidence {number}",
            geometry=row.geometry,
            directness=row.directness,
            count=row.count,
            found_on=row.found_on,
            accuracy_m=row.accuracy_m,
        )
    for number, find in enumerate(report.ordnance.order_by("pk"), start=1):
        yield FindFacts(
            label=f"ordnance {number}",
            geometry=find.geometry,
            count=find.count,
            found_on=find.found_on,
            accuracy_m=find.accuracy_m,
            depth_cm=find.depth_cm,
        )


def _boxes(report: HazardReport) -> Iterator[BoxFacts]:
    rows = list(report.boxes.order_by("pk"))
    red = [row for row in rows if row.result == BOX_SUBMUNITION]
    held = boxes_with_finds([row.geometry for row in red], report.country, report)
    with_find = {red[i].pk for i in held}
    for row in rows:
        yield BoxFacts(
            label=row.grid_number,
            geometry=row.geometry,
            size_m=row.size_m,
            result=row.result,
            searched_percent=row.searched_percent,
            searched_on=row.searched_on,
            has_find=row.pk in with_find,
        )


def boxes_with_finds(
    boxes: Sequence[BaseGeometry], country: Country, own: HazardReport | None = None
) -> set[int]:
    """Return which boxes hold direct evidence or a submunition, by position.

    What is approved counts, and what the report ``own`` itself states.
    """
    if not boxes:
        return set()
    around = shapely.box(*shapely.total_bounds(boxes))
    known = Q(report__stage=stages.APPROVED)
    if own is not None:
        known |= Q(report=own)
    here = known & Q(country=country, geometry__intersects=around)
    evidence = Evidence.objects.filter(here, directness=DIRECT)
    finds = OrdnanceFound.objects.filter(here, category=SUBMUNITION)
    places = [
        place
        for rows in (evidence, finds)
        for place in rows.annotate(place=F("geometry")).values_list("place", flat=True)
    ]
    held, _places = shapely.STRtree(places).query(boxes, predicate="covers")
    return {int(i) for i in held}


def _points(report: HazardReport) -> Iterator[PointFacts]:
    for point in report.points.order_by("order"):
        yield PointFacts(
            order=point.order,
            kind=point.kind,
            geometry=point.geometry,
            label=point.label,
            distance_m=point.distance_m,
        )
