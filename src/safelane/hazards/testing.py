"""Registered areas for the tests of every door."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import shapely

from safelane.core.geo.entry.grid import box_holding
from safelane.core.review import queries, stages, steps, writing
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.testing.permissions import Subject
from safelane.hazards.actions import REPORTS, register_approved
from safelane.hazards.inputs import BoxInput, EvidenceInput, OrdnanceInput, ReportInput
from safelane.hazards.models import HazardousArea
from safelane.organisations.testing import CORNERS, Cast

# The acts of the review on reports of this kind.
create_report = partial(writing.create_report, REPORTS)
update_report = partial(writing.update_report, REPORTS)
move_report = partial(steps.move_report, REPORTS)
submit_report = partial(move_report, step=stages.SUBMIT)
check_report_operator = partial(move_report, step=stages.CHECK_OPERATOR)
check_report_operations = partial(move_report, step=stages.CHECK_OPERATIONS)
approve_report = partial(move_report, step=stages.APPROVE)
rework_report = partial(move_report, step=stages.REWORK)
reject_report = partial(steps.reject_report, REPORTS)
withdraw_report = partial(steps.withdraw_report, REPORTS)
report_queue = partial(queries.report_queue, REPORTS)
own_reports = partial(queries.own_reports, REPORTS)
OWNERS = {"azerbaijan": "aza", "laos": "lao", "cambodia": "kha"}
# Far enough from the corner of a 1 km cell that no cell spells these digits.
EAST, NORTH = 0.1234567, 0.0876543
HIDDEN_NAME = "Behind the old school"


def area_at(country: str, side: float = 0.002) -> Any:
    """Return a small square in the first commune of a country of the cast."""
    west, south = CORNERS[country]
    x, y = west + EAST, south + NORTH
    return shapely.box(x, y, x + side, y + side)


def register_area(
    cast: Cast, country: str, reference: str, owner: str = "", **facts: Any
) -> HazardousArea:
    """Register one approved area with evidence, a find and a survey box."""
    stated = {
        "kind": "sha",
        "status": "open",
        "name": HIDDEN_NAME,
        "geometry": area_at(country),
    } | facts
    point = stated["geometry"].centroid
    evidence = EvidenceInput(geometry=point, directness="direct", kind="item")
    find = OrdnanceInput(geometry=point, category="submunition", count=2)
    box = BoxInput(
        box=box_holding(point.x, point.y, 50), result="fragments", searched_percent=75
    )
    report = ReportInput(
        date_of_information=date(2024, 5, 1),
        reference=reference,
        facts=stated,
        evidence=(evidence,),
        ordnance=(find,),
        boxes=(box,),
    )
    home = cast.organisations[owner or OWNERS[country]]
    registration = Registration(home, cast.countries[country], "", "made for tests")
    register_approved([report], registration, by=system_actor("tests"))
    return HazardousArea.objects.get(organisation=home, reference=reference)


def hazard_subject(cast: Cast, country: str) -> Subject:
    """Return an area with what only exact readers may see of it."""
    hazard = register_area(cast, country, f"{country}-0001")
    west, south, _east, _north = hazard.geometry.bounds
    evidence, find, box = (
        hazard.evidence.get(),
        hazard.ordnance.get(),
        hazard.boxes.get(),
    )
    secrets = (f"{west:.5f}"[:8], f"{south:.5f}"[:8], HIDDEN_NAME, box.grid_number)
    report = hazard.reports.get()
    return Subject(
        hazard.reference,
        secrets,
        uid=hazard.uid,
        pk=hazard.pk,
        reference=hazard.reference,
        evidence=evidence.uid,
        ordnance=find.uid,
        box=box.uid,
        report=report.uid,
    )
