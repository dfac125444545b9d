"""The fixed grid of 1 km cells, in Python and in SQL, with the same answers.

Rows of 0.009 degrees of latitude (1.0 km) are each cut into cells of the same ground
width. A row of a table lies in the cell that holds the middle of its bounding box,
which stands in the columns beside its geometry: so no cell is stored, and none can be
out of date. The grid does not move with the data.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from safelane.core.geo.fields import GeometryField
from safelane.core.geo.lookups import (
    BBox,
    GeometryLookup,
    Sides,
    Sql,
    any_box,
    sibling_sql,
)
from safelane.core.geo.measure import Bounds
from safelane.core.geo.values import to_wkb

ROW_DEG = 0.009
STEEPEST = 89.0  # nearer to a pole, cells do not get wider any more
FloatArray = npt.NDArray[np.float64]


@lru_cache(maxsize=4096)
def _width(row: float) -> float:
    """Return the width in degrees of the cells of one row."""
    middle = min(max(row * ROW_DEG + ROW_DEG / 2, -STEEPEST), STEEPEST)
    return ROW_DEG / math.cos(math.radians(middle))


def cell_bounds(lon: float, lat: float) -> Bounds:
    """Return (west, south, east, north) of the 1 km cell that holds a point.

    Args:
        lon, lat: WGS 84 degrees.
    """
    row = math.floor(lat / ROW_DEG)
    south, width = row * ROW_DEG, _width(row)
    west = math.floor(lon / width) * width
    return (
        max(west, -180.0),
        max(south, -90.0),
        min(west + width, 180.0),
        min(south + ROW_DEG, 90.0),
    )


def cell_bounds_many(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return the cells of n points: array (n, 4) of west, south, east, north."""
    rows, where = np.unique(np.floor(lat / ROW_DEG), return_inverse=True)
    width = np.array([_width(row) for row in rows])[where.reshape(-1)]
    south = rows[where.reshape(-1)] * ROW_DEG
    west = np.floor(lon / width) * width
    sides = np.column_stack([west, south, west + width, south + ROW_DEG])
    clipped: FloatArray = np.clip(sides, [-180, -90, -180, -90], [180, 90, 180, 90])
    return clipped


def cell_of(bounds: Bounds) -> Bounds:
    """Return the cell of what has this bounding box."""
    west, south, east, north = bounds
    return cell_bounds((west + east) / 2, (south + north) / 2)


def reaching_in(bounds: Bounds) -> Bounds:
    """Return the box that holds the middle of every cell that meets ``bounds``.

    West > east crosses the antimeridian. What lies in such a cell touches the answer,
    so an index over exact boxes finds the candidates.
    """
    west, south, east, north = bounds
    south, north = max(south - ROW_DEG, -90.0), min(north + ROW_DEG, 90.0)
    wide = _width(math.floor(max(abs(south), abs(north)) / ROW_DEG))
    if west <= east:
        return max(west - wide, -180.0), south, min(east + wide, 180.0), north
    if west - wide <= east + wide:
        return -180.0, south, 180.0, north
    return west - wide, south, east + wide, north


def cell_meets(
    xmin: float | None, ymin: float, xmax: float, ymax: float, *box: float
) -> int | None:
    """Say whether the cell of what lies in a bounding box meets ``box``, edges too."""
    if xmin is None:
        return None
    cell = cell_of((xmin, ymin, xmax, ymax))
    west, south, east, north = box
    across = cell[0] <= east and cell[2] >= west
    return int(across and cell[1] <= north and cell[3] >= south)


def cell_wkb(xmin: float | None, ymin: float, xmax: float, ymax: float) -> bytes | None:
    """Return the cell of what lies in a bounding box, for SQLite."""
    if xmin is None:
        return None
    return to_wkb(shapely.box(*cell_of((xmin, ymin, xmax, ymax))))


def meets_sql(vendor: str, sides: Sides, bounds: Bounds) -> Sql:
    """Return SQL for "the cell of the row meets ``bounds``".

    Args:
        sides: The columns of the row's bounding box; west, south, east, north.
    """
    return any_box(bounds, partial(_meets_box, vendor, sides))


def _meets_box(vendor: str, sides: Sides, box: Bounds) -> Sql:
    west, south, east, north = box
    if vendor != "postgresql":
        xmin, ymin, xmax, ymax = sides
        # Most rows of a large box need no call of Python: their middle lies in it.
        middle = (
            f"({xmin} + {xmax}) / 2 BETWEEN %s AND %s "
            f"AND ({ymin} + {ymax}) / 2 BETWEEN %s AND %s"
        )
        called = f"ST_CellMeets({', '.join(sides)}, %s, %s, %s, %s)"
        return f"(({middle}) OR {called})", [west, east, south, north, *box]
    left, low, right, high = _cell_sql(sides)
    sql = f"({left} <= %s AND {right} >= %s AND {low} <= %s AND {high} >= %s)"
    return sql, [east, west, north, south]


def _cell_sql(sides: Sides) -> Sides:
    """Return the sides of the cell as PostgreSQL computes them."""
    xmin, ymin, xmax, ymax = sides
    step = f"{ROW_DEG!r}::float8"
    low = f"(floor(({ymin} + {ymax}) / 2 / {step}) * {step})"
    middle = f"least(greatest({low} + {step} / 2, -{STEEPEST}), {STEEPEST})"
    width = f"({step} / cos(radians({middle})))"
    left = f"(floor(({xmin} + {xmax}) / 2 / {width}) * {width})"
    return (
        f"greatest({left}, -180)",
        f"greatest({low}, -90)",
        f"least({left} + {width}, 180)",
        f"least({low} + {step}, 90)",
    )


def _shape_sql(vendor: str, sides: Sides) -> str:
    if vendor != "postgresql":
        return f"ST_Cell({', '.join(sides)})"
    return f"ST_MakeEnvelope({', '.join(_cell_sql(sides))}, 4326)"


@GeometryField.register_lookup
class CellBBox(BBox):
    """The row's cell meets a box. No index helps: narrow by ``reaching_in`` first."""

    lookup_name = "cell_bbox"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sides = sibling_sql(compiler, self.lhs)
        return meets_sql(connection.vendor, sides, self.rhs)


class CellLookup(GeometryLookup):
    """Base: the row's cell against a constant geometry; its box is not the row's."""

    has_index = False

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        sides = sibling_sql(compiler, lhs or self.lhs)
        return _shape_sql(connection.vendor, sides), []


@GeometryField.register_lookup
class CellIntersects(CellLookup):
    lookup_name = "cell_intersects"
    sql_function = "ST_Intersects"


@GeometryField.register_lookup
class CellWithin(CellLookup):
    lookup_name = "cell_within"
    sql_function = "ST_Within"


@GeometryField.register_lookup
class CellContains(CellLookup):
    lookup_name = "cell_contains"
    sql_function = "ST_Contains"
