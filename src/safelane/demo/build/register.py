"""The bulk of the register: taken over as approved, as from an older database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from safelane.core.review.newrecords import Registration
from safelane.demo.build.inputs import (
    Signs,
    box_sheet_input,
    report_input,
    sheet_input,
)
from safelane.demo.build.workspace import Workspace, chunks
from safelane.demo.world.kinds import Box, Evidence, Hazard, Report
from safelane.hazards.actions.bulk import register_approved
from safelane.hazards.inputs import ReportInput

REASON = "Taken over from the generated register of the demo"
SHEET = 25
HAZARDS_AT_ONCE = 150
SHEETS_AT_ONCE = 40


def signs_by_hazard(evidence: Sequence[Evidence]) -> Signs:
    """Return the evidence of each area."""
    grouped: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        grouped[item.hazard].append(item)
    return grouped


def build_register(
    workspace: Workspace, hazards: Sequence[Hazard], signs: Signs
) -> None:
    """Take over ``hazards`` with their approved reports, then what is of no area."""
    title = "Hazardous areas with evidence"
    workspace.progress.start(len(hazards), title)
    for (country, operator), group in by_operator(hazards).items():
        for part in chunks(group, HAZARDS_AT_ONCE):
            inputs = [
                report_input(hazard, report, signs)
                for hazard in part
                for report in taken_over(hazard)
            ]
            register(workspace, country, operator, inputs)
            workspace.progress.advance(len(part))
    workspace.progress.done(f"{title}: {len(hazards):,}")
    _build_sheets(workspace, signs.get("", ()))
    _build_boxes(workspace)


def taken_over(hazard: Hazard) -> list[Report]:
    """Return the reports that need no review any more: approved, and in time."""
    newest = max(r.info_date for r in hazard.reports if r.kind != "amend")
    return [
        report
        for report in hazard.reports
        if report.stage == "approved"
        and not (report.kind == "amend" and report.info_date < newest)
    ]


def by_operator(hazards: Sequence[Hazard]) -> dict[tuple[str, str], list[Hazard]]:
    """Return the areas of each operator in each country."""
    grouped: dict[tuple[str, str], list[Hazard]] = defaultdict(list)
    for hazard in hazards:
        grouped[hazard.country, hazard.organisation].append(hazard)
    return grouped


def register(
    workspace: Workspace, country: str, operator: str, inputs: Sequence[ReportInput]
) -> None:
    """Register rows in the name of an operator, but for those that are there."""
    registration = Registration(
        organisation=workspace.organisations[operator],
        country=workspace.countries[country],
        batch=f"{inputs[0].external_id}",
        reason=REASON,
        source="demo",
    )
    register_approved(inputs, registration, by=workspace.manager(country))


def _build_sheets(workspace: Workspace, evidence: Sequence[Evidence]) -> None:
    """Register village surveys whose evidence belongs to no area yet."""
    grouped: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for item in evidence:
        grouped[item.country, item.organisation].append(item)
    for country, operator in workspace.shown("Village surveys", list(grouped)):
        rows = sorted(grouped[country, operator], key=lambda item: item.observed)
        sheets = [
            sheet_input(f"{part[0].key}-sheet", part) for part in chunks(rows, SHEET)
        ]
        register(workspace, country, operator, sheets)


def _build_boxes(workspace: Workspace) -> None:
    """Register the box surveys of the strikes: one sheet per strike and day."""
    surveys: dict[tuple[str, date], list[Box]] = defaultdict(list)
    for box in workspace.world.boxes():
        surveys[box.strike, box.surveyed].append(box)
    by_operator: dict[str, list[ReportInput]] = defaultdict(list)
    for (strike, day), boxes in surveys.items():
        sheet = box_sheet_input(f"LA-{strike}-{day:%Y%m%d}-sheet", boxes)
        by_operator[boxes[0].organisation].append(sheet)
    for operator in workspace.shown("Survey boxes", list(by_operator)):
        for part in chunks(by_operator[operator], SHEETS_AT_ONCE):
            register(workspace, "LA", operator, part)
