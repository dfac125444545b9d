"""What the pages show of one report, and which steps it can take next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from safelane.core.history.queries import changes_of
from safelane.core.scope import Actor, Precision
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORT
from safelane.hazards.changes import told
from safelane.hazards.display import (
    box_counts,
    changed_facts,
    fact_label,
    finding_places,
    pack_of,
)
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.queries import (
    Overlap,
    area_seen_exactly,
    overlapping,
    published,
    state_of,
)
from safelane.hazards.reports import findings_of, next_steps
from safelane.hazards.traverses import field_table
from safelane.organisations.queries import role_names

MOST_CHANGES = 100
STEP_LABELS: dict[str, str | Promise] = {
    "submit": gettext_lazy("Submit"),
    "check_operator": gettext_lazy("Checked, pass on"),
    "check_operations": gettext_lazy("Checked, pass on"),
    "approve": gettext_lazy("Approve"),
    "reject": gettext_lazy("Reject"),
    "rework": gettext_lazy("Take up again"),
    "withdraw": gettext_lazy("Withdraw"),
    "withdraw_approved": gettext_lazy("Withdraw"),
}
FORWARD_NAMES = frozenset({"submit", "check_operator", "check_operations", "approve"})


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that the actor may take on a report now."""

    name: str
    label: str
    needs_reason: bool

    @property
    def is_forward(self) -> bool:
        return self.name in FORWARD_NAMES


def steps_for(report: HazardReport, actor: Actor) -> list[NextStep]:
    """Return the steps that the actor may take, the forward one first."""
    return [
        NextStep(step.name, str(STEP_LABELS[step.name]), step.needs_reason)
        for step in next_steps(report, actor)
    ]


def report_context(report: HazardReport, actor: Actor) -> dict[str, Any]:
    """Return what the page of a report needs."""
    pack = pack_of(report)
    evidence = list(report.evidence.select_related("photo").order_by("pk"))
    ordnance = list(report.ordnance.select_related("photo").order_by("pk"))
    boxes = list(report.boxes.select_related("report").order_by("grid_number"))
    hazard = area_seen_exactly(actor, report.hazard_id)
    before = {} if hazard is None else _before(hazard, report, actor)
    findings = findings_of(report, actor)
    return {
        "report": report,
        "hazard": hazard,
        "pack": pack,
        "facts": changed_facts(before, report.stated_facts(), pack),
        "retracted": [fact_label(name) for name in report.retracts],
        "findings": findings,
        "evidence": evidence,
        "ordnance": ordnance,
        "boxes": boxes,
        "box_counts": box_counts((box.result for box in boxes), pack),
        "points": list(report.points.select_related("from_point")),
        "traverse": _traverse(report),
        "overlaps": _overlaps(report, actor),
        "map": _map(report, before, ([*evidence], [*ordnance], boxes), findings),
        "changes": _changes(report, hazard, actor),
        "roles": role_names(),
    }


def _before(
    hazard: HazardousArea, report: HazardReport, actor: Actor
) -> dict[str, Any]:
    """Return what was held of the area on the report's date of information."""
    state = state_of(hazard, actor, report.date_of_information)
    return {} if state is None else published(state)


def _overlaps(report: HazardReport, actor: Actor) -> list[Overlap]:
    if report.geometry is None:
        return []
    return overlapping(actor, report.geometry, exclude=report.hazard_id)


def _traverse(report: HazardReport) -> Any:
    points = list(report.points.select_related("from_point"))
    return field_table(points) if points else None


def _map(
    report: HazardReport,
    before: dict[str, Any],
    found: tuple[list[Any], list[Any], list[Any]],
    findings: list[dict[str, Any]],
) -> dict[str, Any]:
    evidence, ordnance, boxes = found
    rows = (*evidence, *ordnance, *boxes)
    for row in rows:  # a report is read exactly or not at all
        row.precision = Precision.EXACT
    layers = [
        maps.data_layer("shape", [maps.feature(before.get("geometry"))]),
        maps.data_layer("pending", [maps.feature(report.geometry)]),
        *([maps.box_layer(boxes, pack_of(report))] if boxes else []),
        maps.data_layer("evidence", maps.find_features(evidence)),
        maps.data_layer("ordnance", maps.find_features(ordnance)),
    ]
    shapes = [report.geometry, *(row.geometry for row in rows)]
    edges = [shape.bounds for shape in shapes if shape is not None]
    if not edges and before.get("geometry") is not None:
        edges = [before["geometry"].bounds]
    bounds = _around(edges) if edges else pack_of(report).bounds
    return {"layers": layers, "bounds": bounds, "faults": finding_places(findings)}


def _around(boxes: list[Any]) -> tuple[float, float, float, float]:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _changes(
    report: HazardReport, hazard: HazardousArea | None, actor: Actor
) -> list[dict[str, Any]]:
    own = report.entered_by_id == actor.user_id
    if not (own or actor.may("history.view")):
        return []
    # Of a report on an area, the history holds the reference of that area.
    hidden = {"reference"} if report.hazard_id and hazard is None else set()
    rows = changes_of(REPORT, [report.uid])[:MOST_CHANGES]
    return told(rows, pack_of(report), actor, leave_out=hidden)
