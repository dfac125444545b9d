"""Asking the country pack's rules about a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from shapely.geometry import Point

from safelane.core.review import stages
from safelane.core.scope import system_actor
from safelane.countries import load_pack
from safelane.hazards.choices import DIRECT
from safelane.hazards.models import Evidence, HazardReport, OrdnanceFound
from safelane.hazards.queries import overlapping
from safelane.hazards.rules import Finding, ReportFacts, evaluate

Bounds = tuple[float, float, float, float]


def evaluate_report(report: HazardReport, today: date | None = None) -> list[Finding]:
    """Return what the rules in force today say of a saved report."""
    day = today or timezone.localdate()
    pack = load_pack(report.country.pack)
    return list(evaluate(report_facts(report, day, pack.bounds), pack, day))


def report_facts(report: HazardReport, today: date, bounds: Bounds) -> ReportFacts:
    """Return a report as the rules see it."""
    hazard = report.hazard
    finds: list[Evidence | OrdnanceFound] = [
        *report.evidence.all(),
        *report.ordnance.all(),
    ]
    return ReportFacts(
        today=today,
        date_of_information=report.date_of_information,
        kind_before=hazard.kind if hazard else "",
        kind_after=report.kind or (hazard.kind if hazard else ""),
        status_before=hazard.status if hazard else "",
        status_after=report.status or (hazard.status if hazard else ""),
        geometry=report.geometry,
        area_m2=report.area_m2,
        stated_area_m2=report.stated_area_m2,
        direct_evidence=count_direct_evidence(report),
        overlaps=_overlaps(report),
        bounds=bounds,
        depth_cm=report.depth_cm,
        **_find_facts(finds, bounds),
    )


def count_direct_evidence(report: HazardReport) -> int:
    """Count direct evidence in the report, on its area, or inside its polygon."""
    approved = Q(report__stage=stages.APPROVED)
    where = Q(report=report)
    if report.hazard_id is not None:
        where |= approved & Q(hazard=report.hazard_id)
    geometry = report.geometry or (report.hazard and report.hazard.geometry)
    if geometry is not None:
        where |= approved & Q(geometry__intersects=geometry)
    rows = Evidence.objects.filter(where, country=report.country, directness=DIRECT)
    return rows.distinct().count()


def _overlaps(report: HazardReport) -> dict[str, float]:
    if report.geometry is None:
        return {}
    # The rules see all areas of the register, whoever asks: ground is shared by all.
    found = overlapping(system_actor(), report.geometry, exclude=report.hazard_id)
    return {row.reference: share for row, share in found}


def _find_facts(
    finds: Sequence[Evidence | OrdnanceFound], bounds: Bounds
) -> dict[str, Any]:
    return {
        "counts": tuple(find.count for find in finds),
        "accuracies_m": tuple(f.accuracy_m for f in finds if f.accuracy_m is not None),
        "find_dates": tuple(f.found_on for f in finds if f.found_on is not None),
        "finds_outside_bounds": tuple(
            (find.geometry.x, find.geometry.y)
            for find in finds
            if not _inside(find.geometry, bounds)
        ),
    }


def _inside(point: Point, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return west <= point.x <= east and south <= point.y <= north
