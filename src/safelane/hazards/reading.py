"""What the pages show of one report."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst

from safelane.core.domain import house
from safelane.core.facts import facts_of
from safelane.core.facts.words import fact_text, shown_facts
from safelane.core.geo.checks import places_of
from safelane.core.history.models import Change
from safelane.core.history.queries import FieldDifference, changes_of, differences
from safelane.core.history.shown import shown
from safelane.core.review.queue import findings_of
from safelane.core.scope import Actor
from safelane.core.scope.coarse import is_exact, published
from safelane.countries import CountryPack
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.display import box_counts
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.policies import ReportPolicy
from safelane.hazards.queries import (
    PARTS,
    Overlap,
    area_seen_exactly,
    of_open_parts,
    overlapping,
    parts_of,
    state_of,
)
from safelane.hazards.traverses import field_table
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import role_names

MOST_CHANGES = 100


def report_context(report: HazardReport, actor: Actor) -> dict[str, Any]:
    """Return what the page of a report needs."""
    pack, facts = pack_of(report.country), facts_of(HazardReport)
    parts = parts_of(report, actor)
    evidence, ordnance, boxes = ([*filter(is_exact, parts[n])] for n in PARTS)
    boxes.sort(key=lambda box: box.grid_number)
    closed = [n for n, rows in parts.items() if not all(map(is_exact, rows))]
    points = list(report.points.select_related("from_point"))
    hazard = area_seen_exactly(actor, report.hazard_id)
    before = {} if hazard is None else _before(hazard, report, actor)
    findings = findings_of(REPORTS, report, actor)
    findings = of_open_parts(findings) if closed else findings
    return {
        "report": report,
        "hazard": hazard,
        "pack": pack,
        "facts": shown_facts(facts, report.stated_facts(), pack, before),
        "retracted": [facts.label(name) for name in report.retracts],
        "findings": findings,
        "evidence": evidence,
        "ordnance": ordnance,
        "boxes": boxes,
        "closed": [_label(name) for name in closed],
        "box_counts": box_counts((box.result for box in boxes), pack),
        "points": points,
        "traverse": field_table(points),
        "overlaps": _overlaps(report, actor),
        "map": _map(report, before, (evidence, ordnance, boxes), findings),
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


def _map(
    report: HazardReport,
    before: dict[str, Any],
    found: tuple[list[Any], list[Any], list[Any]],
    findings: list[dict[str, Any]],
) -> dict[str, Any]:
    rows = [row for listed in found for row in listed]
    layers = [
        maps.data_layer("shape", [maps.feature(before.get("geometry"))]),
        maps.data_layer("pending", [maps.feature(report.geometry)]),
        *maps.found_layers(*found, pack_of(report.country)),
    ]
    shapes = [report.geometry, *(row.geometry for row in rows)]
    edges = [shape.bounds for shape in shapes if shape is not None]
    if not edges and before.get("geometry") is not None:
        edges = [before["geometry"].bounds]
    return {
        "layers": layers,
        "bounds": maps.around(edges) if edges else pack_of(report.country).bounds,
        "faults": places_of((f["where"], f["message"]) for f in findings),
    }


def _changes(
    report: HazardReport, hazard: HazardousArea | None, actor: Actor
) -> list[dict[str, Any]]:
    if not (actor.may("history.view") or ReportPolicy.owns(actor, report)):
        return []
    # Of a report on an area, the history holds reference and key of that area.
    naming = {"reference", REPORTS.record, REPORTS.record_uid}
    hidden = naming if report.hazard_id and hazard is None else set()
    rows = changes_of(REPORTS.name, [report.uid])[:MOST_CHANGES]
    return told(rows, pack_of(report.country), actor, leave_out=hidden)


def told(
    changes: Iterable[Change],
    pack: CountryPack,
    actor: Actor,
    leave_out: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return each change with the fields that differ, labelled and in words.

    What of a change is not open to the actor is left out, and the fields named.
    """
    return [
        {
            "change": row,
            "fields": [
                _in_words(d, pack) for d in differences(row) if d.name not in leave_out
            ],
        }
        for row in shown(changes, actor, house().subjects)
    ]


def _in_words(difference: FieldDifference, pack: CountryPack) -> FieldDifference:
    name, facts = difference.name, facts_of(HazardReport)
    values = (difference.before, difference.after)
    before, after = (fact_text(facts, name, value, pack) or None for value in values)
    return FieldDifference(_label(name), before, after)


def _label(name: str) -> str:
    try:
        field: Any = HazardReport._meta.get_field(name)
    except FieldDoesNotExist:
        return name.replace("_", " ")
    if field.auto_created:  # rows that belong to the report, such as its evidence
        return str(capfirst(str(field.related_model._meta.verbose_name_plural)))
    return facts_of(HazardReport).label(name)
