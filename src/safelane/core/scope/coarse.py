"""The facts of a row as a reader sees them who may not know its exact place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import Facts, facts_of
from safelane.core.scope.actor import Precision
from safelane.core.scope.precision import blurred, rounded_area

DISTRICT_LEVEL = 2


def shown_facts(
    stated: Mapping[str, Any], facts: Facts, precision: int
) -> dict[str, Any]:
    """Return the stated facts that may be shown: as they are, rounded, or not at all.

    Args:
        stated: Name -> value, as the row holds it.
        facts: What the row's model declares; whatever is not declared is hidden.
        precision: Of the row, as ``visible_to`` found it.
    """
    if precision == Precision.EXACT:
        return dict(stated)
    shown: dict[str, Any] = {}
    for name, value in stated.items():
        if facts.coarse(name) == "show":
            shown[name] = value
        elif facts.coarse(name) == "round":
            shown[facts[name].rounded or name] = rounded(value, precision)
    return shown


def published(row: Any) -> dict[str, Any]:
    """Return the stated facts of a row as its reader may know them.

    Args:
        row: Of ``visible_to``, and so with ``precision``. Coarse rows lose what is not
            declared to be shown; dates, places and numbers are rounded.
    """
    model: type[Model] = type(row)
    return shown_facts(row.stated_facts(), facts_of(model), int(row.precision))


def is_exact(row: Any) -> bool:
    """Say whether a row of ``visible_to`` may be shown as it is."""
    return int(row.precision) == Precision.EXACT


def rounded(value: Any, precision: int) -> Any:
    """Return the year of a date, the cell of a place, two digits of a number."""
    if isinstance(value, BaseGeometry):
        return blurred(value, precision)
    if isinstance(value, date):
        return value.year
    return rounded_area(value, precision)


def shown_area(row: Any) -> Any:
    """Return the admin area of a row that may be named: its district on coarse rows.

    The border of a village would cut the 1 km cell into parts.

    Args:
        row: Of ``visible_to``, with ``admin_area``.
    """
    area = row.admin_area
    if row.precision == Precision.EXACT:
        return area
    while area is not None and area.level > DISTRICT_LEVEL:
        area = area.parent
    return area if row.precision <= Precision.DISTRICT else None
