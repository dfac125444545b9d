"""Field tables of a report: from typed rows to points, and back to the closure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import shapely
from django.utils import timezone

from safelane.core.geo.checks import WARN, Fault
from safelane.core.geo.entry.outline import Outline
from safelane.core.geo.entry.traverse import (
    PlacedPoint,
    TraversePoint,
    TraverseResult,
    traverse_polygon,
)
from safelane.core.geo.measure import area_m2
from safelane.countries import CountryPack
from safelane.countries.findings import ask_rules
from safelane.hazards.inputs import PointInput
from safelane.hazards.models import GeoPoint, HazardReport
from safelane.hazards.rules.evaluation import CHECKS, ON_OUTLINE
from safelane.hazards.rules.facts import ReportFacts


def point_inputs(
    rows: Sequence[TraversePoint], result: TraverseResult
) -> tuple[PointInput, ...]:
    """Return the points to save for a computed field table.

    Args:
        rows: The rows as typed.
        result: What ``traverse_polygon(rows, ...)`` returned for them.
    """
    orders = {
        row.label: n for n, row in reversed(list(enumerate(rows, 1))) if row.label
    }
    pairs = zip(rows, result.points, strict=True)
    return tuple(
        _point_input(n, row, placed, orders.get(row.from_label))
        for n, (row, placed) in enumerate(pairs, start=1)
    )


def _point_input(
    order: int, row: TraversePoint, placed: PlacedPoint, named: int | None
) -> PointInput:
    used = placed.declination
    return PointInput(
        order=order,
        kind=row.kind,
        label=row.label,
        geometry=shapely.Point(placed.lon, placed.lat),
        from_order=named,
        bearing_deg=row.bearing,
        bearing_is_magnetic=row.magnetic,
        declination_deg=None if used is None else used.degrees,
        distance_m=row.distance_m,
    )


def outline_faults(found: Outline, pack: CountryPack) -> Iterator[Fault]:
    """Yield what a country's rules say of an outline that is not saved yet.

    They only warn here: a draft may say what no submitted report may.
    """
    if found.geometry is None:
        return
    today, table = timezone.localdate(), found.traverse
    asked = ReportFacts(
        today=today,
        date_of_information=today,
        geometry=found.geometry,
        area_m2=area_m2(found.geometry),
        points=point_inputs(found.rows, table) if table else (),
        closure_m=table.closure_m if table else None,
        perimeter_m=table.length_m if table else None,
    )
    rules = [rule for rule in pack.rules(today, "hazard") if rule.key in ON_OUTLINE]
    for finding in ask_rules(rules, CHECKS, asked):
        where = finding.where if isinstance(finding.where, tuple) else None
        yield Fault(finding.rule, finding.message, where, WARN)


def field_table(points: Iterable[GeoPoint]) -> TraverseResult | None:
    """Return positions, outline and closure of saved points; None if none measured."""
    rows = [_row(point) for point in points]
    return traverse_polygon(rows) if any(row.is_measured for row in rows) else None


def closure_of(report: HazardReport) -> dict[str, Any]:
    """Return how well a traverse closes, as the rules look at it; empty without one."""
    found = field_table(report.points.order_by("order"))
    if found is None or found.closure_m is None:
        return {}
    return {"closure_m": found.closure_m, "perimeter_m": found.length_m}


def _row(point: GeoPoint) -> TraversePoint:
    """Return a saved point as a row; its bearing is made true by what was saved."""
    measured = point.bearing_deg is not None and point.distance_m is not None
    bearing = None
    if point.bearing_deg is not None:
        bearing = (point.bearing_deg + (point.declination_deg or 0.0)) % 360
    return TraversePoint(
        kind=point.kind,
        label=point.label,
        lon=None if measured else point.geometry.x,
        lat=None if measured else point.geometry.y,
        bearing=bearing,
        magnetic=False,
        distance_m=point.distance_m,
        from_label=point.from_point.label if point.from_point else "",
    )
