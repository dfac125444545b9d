"""The same filters over rows that stand in no table, such as a past state."""

from __future__ import annotations

from datetime import date
from typing import Any

from safelane.core.filters.records import RecordFilter
from safelane.core.scope import Precision
from safelane.core.scope.coarse import DISTRICT_LEVEL
from safelane.core.scope.precision import blurred


def fits(filters: RecordFilter, row: Any) -> bool:
    """Say whether a row with its ``precision`` is asked for, as far as it is shown."""
    return (
        _coded(filters, row)
        and _named(filters, row)
        and _dated(filters, row)
        and _placed(filters, row)
        and filters.organisation in (None, row.organisation_id)
        and filters.country in ("", row.country.code)
    )


def _sees(filters: RecordFilter, row: Any, name: str) -> bool:
    return _is_exact(row) or filters.facts().coarse(name) == "show"


def _is_exact(row: Any) -> bool:
    return int(row.precision) == Precision.EXACT


def _coded(filters: RecordFilter, row: Any) -> bool:
    chosen = dict(filters.codes)
    return all(
        _sees(filters, row, fact.name) and getattr(row, fact.name) in codes
        for fact in filters.asked()
        if (codes := chosen.get(fact.filter))
    )


def _named(filters: RecordFilter, row: Any) -> bool:
    words = filters.q.casefold()
    seen = (name for name in filters.words if _sees(filters, row, name))
    return not words or any(words in getattr(row, n).casefold() for n in seen)


def _dated(filters: RecordFilter, row: Any) -> bool:
    first, last = filters.date_from, filters.date_to
    if first is None and last is None:
        return True
    day = getattr(row, filters.dated_by)
    if day is None:
        return False
    if not _sees(filters, row, filters.dated_by):
        if filters.facts().coarse(filters.dated_by) == "hide":
            return False
        first = first and first.replace(month=1, day=1)
        last = last and last.replace(month=12, day=31)
    return bool((first or date.min) <= day <= (last or date.max))


def _placed(filters: RecordFilter, row: Any) -> bool:
    if not _in_area(filters, row):
        return False
    shape, asked = blurred(row.geometry, int(row.precision)), filters.bbox
    return asked is None or (shape is not None and _meets(asked, shape.bounds))


def _in_area(filters: RecordFilter, row: Any) -> bool:
    if filters.area is None or row.admin_area is None:
        return filters.area is None
    steps = [int(step) for step in row.admin_area.path.split("/") if step]
    if not _is_exact(row):
        steps = steps[:DISTRICT_LEVEL] if row.precision <= Precision.DISTRICT else []
    return bool(filters.area in steps)


def _meets(asked: tuple[float, ...], shown: tuple[float, ...]) -> bool:
    west, south, east, north = asked
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    across = any(shown[0] <= right and shown[2] >= left for left, right in spans)
    return across and shown[1] <= north and shown[3] >= south
