"""Geometry in queries: GeoJSON, WKB, simplified shapes, the box around many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BinaryField, Func, Max, Min, Model, QuerySet, TextField

from safelane.core.geo.fields import GeometryField, bbox_columns
from safelane.core.geo.measure import Bounds

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

COORDINATE_DIGITS = 7  # a centimetre


class AsGeoJSON(Func):
    """The geometry as GeoJSON text, coordinates rounded to ``digits``."""

    function = "ST_AsGeoJSON"
    output_field = TextField()

    def __init__(
        self, expression: Any, digits: int = COORDINATE_DIGITS, **extra: Any
    ) -> None:
        self.digits = int(digits)
        super().__init__(expression, **extra)

    @property
    def template(self) -> str:  # type: ignore[override]
        return f"%(function)s(%(expressions)s, {self.digits})"


class AsWKB(Func):
    """The geometry as 2D WKB bytes."""

    function = "ST_AsBinary"
    output_field = BinaryField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class Simplified(Func):
    """The geometry with fewer vertices, still valid.

    Args:
        expression: Name of the field, or an expression.
        tolerance: Largest departure in degrees (Douglas and Peucker).
    """

    function = "ST_SimplifyPreserveTopology"
    output_field = GeometryField()

    def __init__(self, expression: Any, tolerance: float, **extra: Any) -> None:
        self.tolerance = float(tolerance)
        super().__init__(expression, **extra)

    @property
    def template(self) -> str:  # type: ignore[override]
        return f"%(function)s(%(expressions)s, {self.tolerance!r})"


class PointOnSurface(Func):
    """A point that lies on the geometry, for labels and symbols."""

    function = "ST_PointOnSurface"
    output_field = GeometryField()


def extent(rows: QuerySet[Model], name: str = "geometry") -> Bounds | None:
    """Return the box around the geometries of ``rows``, or None if there are none."""
    xmin, ymin, xmax, ymax = bbox_columns(name)
    box = rows.order_by().aggregate(
        west=Min(xmin), south=Min(ymin), east=Max(xmax), north=Max(ymax)
    )
    if box["west"] is None:
        return None
    return box["west"], box["south"], box["east"], box["north"]
