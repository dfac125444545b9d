"""Asking the country pack's rules about one report, which is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Q
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import distance_m
from safelane.core.review import stages
from safelane.core.scope import system_actor
from safelane.core.scope.nearby import (
    Refs,
    box_around,
    recorded_in_cells,
    references,
)
from safelane.countries import CountryPack
from safelane.countries.findings import Finding
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT, SUBMUNITION
from safelane.hazards.inputs import ReportInput
from safelane.hazards.judging.ground import held_in_boxes
from safelane.hazards.judging.sheet import NEW, Before, Limits, Near, Sheet
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
)
from safelane.hazards.queries import overlapping, state_of
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import OverlapFacts, ReportFacts
from safelane.hazards.traverses import closure_of
from safelane.organisations.packs import pack_of


def evaluate_report(report: HazardReport, day: date) -> list[Finding]:
    """Return what the rules in force on a day say of a saved report."""
    pack = pack_of(report.country)
    return evaluate(report_facts(report, pack, day), pack, day)


def report_facts(report: HazardReport, pack: CountryPack, today: date) -> ReportFacts:
    """Return a report with what the register knows around it, whoever may see it."""
    limits, before, said = Limits.of(pack, today), _before(report), _said(report)
    sheet = Sheet(
        items=[said],
        shapes=np.array([report.geometry], dtype=object),
        areas=np.array([report.area_m2], dtype=float),
        limits=limits,
        before={0: before},
        overlaps={0: _overlaps(report)},
        near={0: _near(report, said.boxes, before, limits)},
        held=held_in_boxes(said.boxes, report.country),
    )
    facts: ReportFacts = sheet[0]
    return replace(facts, **closure_of(report))


def _said(report: HazardReport) -> ReportInput:
    """Return what a report says; the rows beside the facts as they are saved."""
    beside: dict[str, Any] = {
        name: tuple(getattr(report, name).order_by("pk"))
        for name in ("evidence", "ordnance", "boxes", "points")
    }
    return ReportInput(
        date_of_information=report.date_of_information,
        facts=report.stated_facts(),
        **beside,
    )


def _before(report: HazardReport) -> Before:
    """Return what held of the area on the day of a report, before it."""
    hazard, day = report.hazard, report.date_of_information
    known = None if hazard is None else state_of(hazard, system_actor(), on=day)
    if known is None:
        return NEW
    outline = known.geometry
    rows = _area(report) if outline is not None else ()
    return Before(known.kind, known.status, outline is not None, outline, rows)


def _area(report: HazardReport) -> Refs:
    return references(HazardousArea, [report.hazard_id] if report.hazard_id else [])


def _near(
    report: HazardReport, boxes: Iterable[Any], before: Before, limits: Limits
) -> Near:
    """Return the evidence near, and by whole cells what somebody may not see."""
    ground = report.geometry or before.outline
    evidence = [
        (row.pk, ground is not None and ground.intersects(row.geometry))
        for row in _recorded_evidence(report, ground, limits)
        if ground is None or distance_m(ground, row.geometry) <= limits.far_m
    ]
    land: Refs = ()
    if report.geometry is not None:
        others = HazardousArea.objects.filter(is_withdrawn=False)
        others = others.exclude(pk__in=[report.hazard_id or 0])
        land = recorded_in_cells(others, box_around([report.geometry], 0))
    places = [row.geometry for row in boxes if row.result == BOX_SUBMUNITION]
    if ground is not None and _asks_evidence(report):
        places.append(ground)
    unseen = _finds_in_cells(report, places, limits.near_m)
    return Near(
        evidence=references(Evidence, [key for key, _is_inside in evidence]),
        inside=references(Evidence, [key for key, is_inside in evidence if is_inside]),
        unseen_land=land,
        unseen_finds=unseen if report.geometry is not None else unseen + before.rows,
    )


def _recorded_evidence(
    report: HazardReport, ground: BaseGeometry | None, limits: Limits
) -> Any:
    """Return direct evidence of the report's area, and on or near the ground."""
    where = Q(hazard=report.hazard_id) if report.hazard_id else Q(pk__in=())
    if ground is not None:
        where |= Q(geometry__dwithin=(ground, limits.near_m))
    return _evidence(report).filter(where).exclude(report=report)


def _evidence(report: HazardReport) -> Any:
    """Return all approved direct evidence of the country."""
    return Evidence.objects.filter(
        report__stage=stages.APPROVED, country=report.country, directness=DIRECT
    )


def _asks_evidence(report: HazardReport) -> bool:
    return bool(report.kind or report.status)


def _finds_in_cells(
    report: HazardReport, places: list[BaseGeometry], near_m: float
) -> Refs:
    linked: Refs = ()
    if report.hazard_id is not None and _asks_evidence(report):
        own = _evidence(report).filter(hazard=report.hazard_id)
        linked = references(Evidence, own.values_list("pk", flat=True))
    if not places:
        return linked
    box = box_around(places, near_m)
    finds = OrdnanceFound.objects.filter(
        report__stage=stages.APPROVED, country=report.country, category=SUBMUNITION
    )
    evidence = recorded_in_cells(_evidence(report), box)
    return (*linked, *evidence, *recorded_in_cells(finds, box))


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
            rows=references(HazardousArea, [o.hazard.pk]),
        )
        for o in found
    )
