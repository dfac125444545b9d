"""Asking the country pack's rules about a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from django.db.models import F, Q, QuerySet
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import distance_m
from safelane.core.review import stages
from safelane.core.review.findings import Ref
from safelane.core.scope import system_actor
from safelane.countries import CountryPack
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT, SUBMUNITION
from safelane.hazards.judging.nearby import box_around, recorded_in_cells, references
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
)
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
from safelane.hazards.rules.boxes import SHARE_PARAMETER, usual_size
from safelane.hazards.traverses import closure_of
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of

NEAR_PARAMETER = "near_evidence_m"
FAR_RULE = "confirming-evidence-near"


def evaluate_report(report: HazardReport, day: date) -> list[Finding]:
    """Return what the rules in force on a day say of a saved report."""
    pack = pack_of(report.country)
    return evaluate(report_facts(report, pack, day), pack, day)


def report_facts(report: HazardReport, pack: CountryPack, today: date) -> ReportFacts:
    """Return a report with what the register knows around it, whoever may see it."""
    before = state_before(report.hazard, report.date_of_information)
    kind, status = (before.kind, before.status) if before else ("", "")
    recorded = before.geometry if before else None
    ground = report.geometry or recorded
    looked_at = report.geometry is None and recorded is not None
    closure = closure_of(report)
    boxes = list(report.boxes.order_by("pk"))
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
        ground_rows=_rows_of(report.hazard) if looked_at else (),
        finds=tuple(_finds(report, ground)),
        boxes=tuple(_boxes(boxes, report)),
        box_size_m=usual_size(pack),
        box_share=float(pack.parameter(SHARE_PARAMETER, today)),
        points=tuple(_points(report)),
        overlaps=_overlaps(report),
        closure_m=None if closure is None else closure.error_m,
        perimeter_m=None if closure is None else closure.perimeter_m,
        bounds=pack.bounds,
        **_direct_evidence(report, ground, pack, today),
        **_nearby(report, ground, boxes, _near_m(pack, today)),
    )


def state_before(hazard: HazardousArea | None, day: date) -> HazardPeriod | None:
    """Return what held of an area on a day, before the report of that day."""
    return None if hazard is None else state_of(hazard, system_actor(), on=day)


def _near_m(pack: CountryPack, on: date) -> float:
    return float(pack.parameter(NEAR_PARAMETER, on))


def _rows_of(hazard: HazardousArea | None) -> tuple[Ref, ...]:
    return () if hazard is None else references(HazardousArea, [hazard.pk])


def _direct_evidence(
    report: HazardReport, ground: BaseGeometry | None, pack: CountryPack, on: date
) -> dict[str, Any]:
    far_m = float(pack.rule(FAR_RULE, on).parameters["metres"])
    rows = [
        row
        for row in direct_evidence_rows(report, ground, _near_m(pack, on))
        if ground is None or distance_m(ground, row.geometry) <= far_m
    ]
    inside = [r for r in rows if ground is not None and ground.intersects(r.geometry)]
    return {
        "direct_evidence": len(rows),
        "direct_inside": len(inside),
        "direct_positions": tuple(row.geometry for row in rows),
        "near_rows": _recorded(rows, report),
        "inside_rows": _recorded(inside, report),
    }


def _recorded(rows: Iterable[Evidence], report: HazardReport) -> tuple[Ref, ...]:
    keys = [row.pk for row in rows if row.report_id != report.pk]
    return references(Evidence, keys)


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


def _nearby(
    report: HazardReport,
    ground: BaseGeometry | None,
    boxes: Sequence[Any],
    near_m: float,
) -> dict[str, Any]:
    """Return what somebody may not see of what the rules look at, by whole cells."""
    found: dict[str, Any] = {}
    if report.geometry is not None:
        others = HazardousArea.objects.filter(is_withdrawn=False)
        box = box_around([report.geometry], 0)
        mine = [report.hazard_id] if report.hazard_id else []
        others = others.exclude(pk__in=mine)
        found["nearby_land"] = recorded_in_cells(others, box)
    places = [row.geometry for row in boxes if row.result == BOX_SUBMUNITION]
    places += [ground] if ground is not None and _asks_evidence(report) else []
    finds = _finds_in_cells(report, places, near_m)
    if report.geometry is None and ground is not None:
        finds += _rows_of(report.hazard)
    found["nearby_finds"] = finds
    return found


def _asks_evidence(report: HazardReport) -> bool:
    return bool(report.kind or report.status)


def _finds_in_cells(
    report: HazardReport, places: Sequence[BaseGeometry], near_m: float
) -> tuple[Ref, ...]:
    approved = Q(report__stage=stages.APPROVED, country=report.country)
    evidence = Evidence.objects.filter(approved, directness=DIRECT)
    linked: tuple[Ref, ...] = ()
    if report.hazard_id is not None and _asks_evidence(report):
        own = evidence.filter(hazard=report.hazard_id)
        linked = references(Evidence, own.values_list("pk", flat=True))
    if not places:
        return linked
    box = box_around(places, near_m)
    finds = OrdnanceFound.objects.filter(approved, category=SUBMUNITION)
    return (*linked, *recorded_in_cells(evidence, box), *recorded_in_cells(finds, box))


def _overlaps(report: HazardReport) -> tuple[OverlapFacts, ...]:
    if report.geometry is None:
        return ()
    # The rules see all areas of the register, whoever asks: ground is shared by all.
    found = overlapping(system_actor(), report.geometry, exclude=report.hazard_id)
    return tuple(
        OverlapFacts(
            reference=o.hazard.reference,
            share=o.share,
            area_m2=o.area_m2,
            rows=_rows_of(o.hazard),
        )
        for o in found
    )


def _finds(report: HazardReport, ground: BaseGeometry | None) -> Iterator[FindFacts]:
    near = ground if report.is_about_area else None
    yield from find_facts(report.evidence.order_by("pk"), "evidence", near)
    yield from find_facts(report.ordnance.order_by("pk"), "ordnance", near)


def find_facts(
    rows: Iterable[Any], name: str, ground: BaseGeometry | None
) -> Iterator[FindFacts]:
    """Yield finds as the rules see them, saved or about to be.

    Args:
        name: How the findings name them, with a number: ``evidence`` or ``ordnance``.
        ground: Outline of the area for which they are reported.
    """
    for number, row in enumerate(rows, start=1):
        yield FindFacts(
            label=f"{name} {number}",
            geometry=row.geometry,
            directness=getattr(row, "directness", ""),
            count=row.count,
            found_on=row.found_on,
            accuracy_m=row.accuracy_m,
            depth_cm=getattr(row, "depth_cm", None),
            from_area_m=None if ground is None else distance_m(ground, row.geometry),
        )


def _boxes(rows: Sequence[Any], report: HazardReport) -> Iterator[BoxFacts]:
    red = [row for row in rows if row.result == BOX_SUBMUNITION]
    places = [row.geometry for row in red]
    own = finds_in_boxes(places, report.country, Q(report=report))
    known = finds_in_boxes(places, report.country, Q(report__stage=stages.APPROVED))
    at = {row.pk: n for n, row in enumerate(red)}
    for row in rows:
        n = at.get(row.pk, -1)
        yield box_facts(row, row.grid_number, row.geometry, n in own, known.get(n, ()))


def box_facts(
    row: Any, label: str, outline: Any, own: bool, known: tuple[Ref, ...]
) -> BoxFacts:
    """Return a box as the rules see it, saved or about to be.

    Args:
        own: Whether its report has a find in it.
        known: What is recorded in it.
    """
    return BoxFacts(
        label=label,
        geometry=outline,
        size_m=row.size_m,
        result=row.result,
        searched_percent=row.searched_percent,
        searched_on=row.searched_on,
        has_find=own or bool(known),
        find_rows=() if own else known,
    )


def finds_in_boxes(
    boxes: Sequence[BaseGeometry], country: Country, which: Q
) -> Mapping[int, tuple[Ref, ...]]:
    """Return, by position, the direct evidence and submunitions in each box.

    Args:
        which: Of which reports.
    """
    if not boxes:
        return {}
    around = shapely.box(*shapely.total_bounds(boxes))
    here = which & Q(country=country, geometry__intersects=around)
    refs: list[Ref] = []
    places: list[Any] = []
    for rows in (
        Evidence.objects.filter(here, directness=DIRECT),
        OrdnanceFound.objects.filter(here, category=SUBMUNITION),
    ):
        for key, place in rows.annotate(at=F("geometry")).values_list("pk", "at"):
            refs += references(rows.model, [key])
            places.append(place)
    found: dict[int, tuple[Ref, ...]] = {}
    pairs = shapely.STRtree(places).query(boxes, predicate="covers")
    for i, j in pairs.T.tolist():
        found[i] = (*found.get(i, ()), refs[j])
    return found


def _points(report: HazardReport) -> Iterator[PointFacts]:
    for point in report.points.order_by("order"):
        yield PointFacts(
            order=point.order,
            kind=point.kind,
            geometry=point.geometry,
            label=point.label,
            distance_m=point.distance_m,
        )
