"""What a reader sees of a row's place and numbers, and by what the row is found.

A row that a reader sees coarsely is found only by what is published of it: a box, a
polygon or a tile meets its 1 km cell, a number is compared after rounding, a district
reader finds nothing by place. So no number of questions tells more than the answers
show.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from django.db.models import (
    BooleanField,
    Case,
    F,
    FloatField,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import Facts, facts_of
from safelane.core.geo.cells import cell_bounds_many, cell_of, reaching_in
from safelane.core.geo.measure import Bounds, two_digits
from safelane.core.scope.actor import Actor, Precision

EXACTLY = Q(precision=int(Precision.EXACT))
ROUGHLY = Q(precision=int(Precision.CELL))


def blurred(geometry: BaseGeometry | None, precision: int) -> BaseGeometry | None:
    """Return ``geometry`` as it may be shown: itself, its 1 km cell, or nothing."""
    if geometry is None or precision == Precision.EXACT:
        return geometry
    if precision != Precision.CELL:
        return None
    return shapely.box(*cell_of(geometry.bounds))


def blurred_many(
    geometries: npt.NDArray[np.object_], precision: npt.NDArray[np.int_]
) -> npt.NDArray[np.object_]:
    """Return n geometries as they may be shown; None where nothing may be."""
    shown: npt.NDArray[Any] = geometries.copy()
    shown[precision != Precision.EXACT] = None
    cells = (precision == Precision.CELL) & ~shapely.is_missing(geometries)
    if cells.any():
        west, south, east, north = shapely.bounds(geometries[cells]).T
        bounds = cell_bounds_many((west + east) / 2, (south + north) / 2)
        shown[cells] = shapely.box(*bounds.T)
    return shown


def shown_meets(bbox: Bounds) -> Q:
    """Return "what is shown of the row meets the box", for rows of ``visible_to``.

    Exact rows are compared by the box around them.
    """
    exact = EXACTLY & Q(geometry__bbox=bbox)
    rough = ROUGHLY & Q(geometry__cell_bbox=bbox)
    return Q(geometry__bbox=reaching_in(bbox)) & (exact | rough)


def shown_relates(lookup: str, shape: BaseGeometry) -> Q:
    """Return "what is shown of the row intersects the shape", or what ``lookup`` says.

    Args:
        lookup: ``"intersects"``, ``"within"`` or ``"contains"``.
    """
    west, south, east, north = shape.bounds
    near = Q(geometry__bbox=reaching_in((west, south, east, north)))
    exact = EXACTLY & Q(**{f"geometry__{lookup}": shape})
    return near & (exact | ROUGHLY & Q(**{f"geometry__cell_{lookup}": shape}))


def shown_placeless() -> Q:
    """Return "no place is shown of the row"."""
    return Q(precision__gt=Precision.CELL) | Q(geometry__isnull=True)


def rounded_area(area_m2: float | None, precision: int) -> float | None:
    """Return an area that does not give the polygon away: two significant digits."""
    if area_m2 is None or precision == Precision.EXACT or area_m2 <= 0:
        return area_m2
    if precision == Precision.NONE:
        return None
    return two_digits(area_m2)


class TwoDigits(Func):
    """A positive number with two significant digits, rounded as :func:`two_digits`."""

    function = "SL_TwoDigits"
    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        number = "%(expressions)s"
        unit = f"power(10::float8, floor(log({number}::float8)) - 1)"
        # Of double precision, round() takes the even neighbour of a half, as Python.
        whole = f"round({number} / {unit}) * {unit}"
        return self.as_sql(compiler, connection, template=whole, **context)


def shown_sum(path: str) -> Sum:
    """Return the sum of a number as its reader sees it of each row of ``visible_to``.

    The exact sum would tell one exact number where a single row is coarse, or where the
    sum is asked before and after a change.
    """
    small = Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__lte": 0})
    plain = When(EXACTLY | small, then=F(path))
    hidden = When(Q(precision=int(Precision.NONE)), then=None)
    shown = Case(hidden, plain, default=TwoDigits(F(path)), output_field=FloatField())
    return Sum(shown)


def shown_number(path: str, lookup: str, value: Any) -> Q:
    """Return a comparison of a rounded number, as it is shown on coarse rows.

    Rounding keeps the order, so "rounded, at least 990" is "at least 985" of the number
    itself: an index works, and both databases agree with what Python shows.

    Args:
        lookup: ``exact``, ``in``, ``range``, ``lt``, ``lte``, ``gt``, ``gte`` or
            ``isnull``.
    """
    if lookup == "isnull":
        hidden = Q(precision=Precision.NONE)
        empty = Q(**{f"{path}__isnull": True})
        return empty | hidden if value else ~empty & ~hidden
    rounded = Q(precision__in=(Precision.CELL, Precision.DISTRICT))
    return (EXACTLY & Q(**{f"{path}__{lookup}": value})) | (
        rounded & _rounded(path, lookup, value)
    )


def _rounded(path: str, lookup: str, value: Any) -> Q:
    if lookup == "in":
        # A case of each: SQLite joins no more than a thousand conditions by "or".
        each = (_rounded(path, "exact", one) for one in dict.fromkeys(value))
        found = (When(condition, then=Value(True)) for condition in each)
        return Q(Case(*found, default=Value(False), output_field=BooleanField()))
    low, high = value if lookup == "range" else (value, value)
    if lookup in ("exact", "range"):
        least, most = _least_that(low, above=False), _least_that(high, above=True)
        return Q(**{f"{path}__gte": least, f"{path}__lt": most})
    edge = _least_that(value, above=lookup in ("gt", "lte"))
    sign = "gte" if lookup in ("gt", "gte") else "lt"
    return Q(**{f"{path}__{sign}": edge})


def _least_that(value: float, *, above: bool) -> float:
    """Return the least number whose rounding reaches ``value``, or lies above it."""
    if value < 0:
        return value
    low, high = 0, _bits(1.7e308)
    while low < high:
        middle = (low + high) // 2
        shown = rounded_area(_float(middle), Precision.CELL) or 0.0
        if shown > value or (shown == value and not above):
            high = middle
        else:
            low = middle + 1
    return _float(low)


def _bits(number: float) -> int:
    """Return the place of a number among all that are not negative."""
    return int(np.float64(number).view(np.int64))


def _float(bits: int) -> float:
    return float(np.int64(bits).view(np.float64))


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


def is_placeless(row: Any) -> bool:
    """Say whether a row of ``visible_to`` shows at most the district of its place."""
    return int(row.precision) > Precision.CELL


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
    if row.precision == Precision.EXACT:
        return row.admin_area
    return district_of(row.admin_area) if row.precision <= Precision.DISTRICT else None


def district_of(area: Any) -> Any:
    """Return the district that holds an admin area, or a larger one as it is."""
    while area is not None and area.level > DISTRICT_LEVEL:
        area = area.parent
    return area


Rows = TypeVar("Rows", bound=QuerySet[Any])


def with_record(rows: Rows, actor: Actor, name: str) -> Rows:
    """Annotate rows with the record of their foreign key ``name``, where it is open.

    ``linked`` and ``linked_uid`` name it where the actor sees that record exactly;
    otherwise the place of the row would tell where the record lies, or the other way
    round.
    """
    records: Any = rows.model._meta.get_field(name).related_model
    seen = records._default_manager.visible_to(actor).filter(EXACTLY)
    seen = seen.filter(pk=OuterRef(name)).order_by()
    return rows.annotate(
        linked=Subquery(seen.values("reference")),
        linked_uid=Subquery(seen.values("uid")),
    )


def own_area(row: Any, name: str) -> Any:
    """Return the admin area of a report that its reader may know.

    A report without a place of its own has the area of its record: that is told where
    the record is open.

    Args:
        row: A report of :func:`with_record`, with ``admin_area``.
    """
    is_own = row.geometry is not None or getattr(row, f"{name}_id") is None
    return row.admin_area if is_own or row.linked_uid else None
