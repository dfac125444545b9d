"""What is recorded in the cells of the fixed grid that a report touches.

An author who may not see a record learns at most that something is recorded near a
cell that the report touches. The records' side follows from what is published of them
alone, the cell of the middle and the rounded area, and is only then met with what the
author drew: however a draft is moved, no finer answer comes back, and two registers
that publish the same give the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.db.models import QuerySet
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.cells import ROW_DEG, cell_bounds_many
from safelane.core.geo.fields import bbox_columns
from safelane.core.geo.measure import two_digits

_MOST_RINGS = 10
_MARGIN = (_MOST_RINGS + 2) * ROW_DEG  # degrees of latitude; one more than is reached
_METRES_PER_DEGREE = 110_000.0
_SCOPE = ("organisation_id", "country_id", "admin_area_id")
Bounds = tuple[float, float, float, float]
Refs = tuple[tuple[str, int], ...]


def published_reach(bounds: Any, areas_m2: Sequence[float | None] = ()) -> Any:
    """Return where records may lie, by what is published of them: boxes (n, 4).

    A point lies in its cell. What has an area may lie in the cells around it too: in
    one ring of them up to 1 km², and in one more for each further kilometre of the side
    of a square of its rounded area, ten at most. That holds nearly all that is not much
    longer than wide.

    Args:
        bounds: Boxes around the records (n, 4).
        areas_m2: Of each record; none for points.
    """
    sides = np.asarray(bounds, dtype=float).reshape(-1, 4)
    west, south, east, north = sides.T
    cells = cell_bounds_many((west + east) / 2, (south + north) / 2)
    if len(areas_m2):
        rings = np.array([_rings(area_m2) for area_m2 in areas_m2])
        width, height = cells[:, 2] - cells[:, 0], cells[:, 3] - cells[:, 1]
        across, up = rings * width, rings * height
        cells += np.column_stack([-across, -up, across, up])
    return cells


def _rings(area_m2: float | None) -> int:
    shown = two_digits(area_m2) if area_m2 and area_m2 > 0 else 0.0
    return min(max(1, math.ceil(math.sqrt(shown) / 1000)), _MOST_RINGS)


def box_around(shapes: Sequence[BaseGeometry], metres: float) -> Bounds:
    """Return the box around shapes and all that lies so many metres from them."""
    west, south, east, north = (float(n) for n in shapely.total_bounds(shapes))
    high = metres / _METRES_PER_DEGREE
    wide = high / _squeeze(south, north)
    return west - wide, south - high, east + wide, north + high


def recorded_in_cells(rows: QuerySet[Any], box: Bounds, area: str = "") -> Refs:
    """Return records whose cells meet a box, one of each that is open to the same.

    Who may see a record hangs on its organisation, country and admin area: one of each
    combination says for whom something is out of sight.

    Args:
        area: The column of their areas in m²; none for points.
    """
    west, south, east, north = box
    low, high = south - _MARGIN, north + _MARGIN
    wide = _MARGIN / _squeeze(low, high)
    near = rows.filter(geometry__bbox=(west - wide, low, east + wide, high)).order_by()
    sides = bbox_columns("geometry")
    columns = ("pk", *_SCOPE, *sides, *([area] if area else ()))
    found = list(near.values_list(*columns))
    if not found:
        return ()
    areas = [row[8] for row in found] if area else ()
    cells = published_reach([row[4:8] for row in found], areas)
    meets = (cells[:, 0] <= east) & (cells[:, 2] >= west)
    meets &= (cells[:, 1] <= north) & (cells[:, 3] >= south)
    chosen = {found[i][1:4]: found[i][0] for i in np.flatnonzero(meets)}
    return references(rows.model, chosen.values())


def references(model: Any, keys: Any) -> Refs:
    """Return references to records of one model."""
    return tuple((model._meta.label, key) for key in keys)


def refer_to(*rows: Any) -> Refs:
    """Return references to rows in hand."""
    return tuple((row._meta.label, row.pk) for row in rows)


def _squeeze(south: float, north: float) -> float:
    """Return how much shorter a degree of longitude is, where it is shortest."""
    farthest = min(89.0, max(abs(south), abs(north)))
    return float(np.cos(np.radians(farthest)))
