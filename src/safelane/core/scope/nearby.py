"""What is recorded in the cells of the fixed grid that a report touches.

An author who may not see a record learns at most that something is recorded in a cell
that the report touches. The records' side is rounded to whole cells and only then met
with what the author drew: however a draft is moved, no finer answer comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.db.models import QuerySet
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.cells import cell_bounds_many
from safelane.core.geo.fields import bbox_columns

_MARGIN = 0.02  # degrees of latitude: more than a cell
_METRES_PER_DEGREE = 110_000.0
_SCOPE = ("organisation_id", "country_id", "admin_area_id")
Bounds = tuple[float, float, float, float]
Refs = tuple[tuple[str, int], ...]


def whole_cells(bounds: Any) -> Any:
    """Return boxes (n, 4) widened to whole cells of the fixed grid."""
    sides = np.asarray(bounds, dtype=float).reshape(-1, 4)
    low = cell_bounds_many(sides[:, 0], sides[:, 1])
    high = cell_bounds_many(sides[:, 2], sides[:, 3])
    return np.column_stack(
        [
            np.minimum(low[:, 0], high[:, 0]),
            low[:, 1],
            np.maximum(low[:, 2], high[:, 2]),
            high[:, 3],
        ]
    )


def box_around(shapes: Sequence[BaseGeometry], metres: float) -> Bounds:
    """Return the box around shapes and all that lies so many metres from them."""
    west, south, east, north = (float(n) for n in shapely.total_bounds(shapes))
    high = metres / _METRES_PER_DEGREE
    wide = high / _squeeze(south, north)
    return west - wide, south - high, east + wide, north + high


def recorded_in_cells(rows: QuerySet[Any], box: Bounds) -> Refs:
    """Return records whose cells meet a box, one of each that is open to the same.

    Who may see a record hangs on its organisation, country and admin area: one of each
    combination says for whom something is out of sight.
    """
    west, south, east, north = box
    wide = _MARGIN / _squeeze(south, north)
    around = (west - wide, south - _MARGIN, east + wide, north + _MARGIN)
    near = rows.filter(geometry__bbox=around).order_by()
    found = list(near.values_list("pk", *_SCOPE, *bbox_columns("geometry")))
    if not found:
        return ()
    cells = whole_cells([row[4:] for row in found])
    meets = (cells[:, 0] <= east) & (cells[:, 2] >= west)
    meets &= (cells[:, 1] <= north) & (cells[:, 3] >= south)
    chosen = {found[i][1:4]: found[i][0] for i in np.flatnonzero(meets)}
    return references(rows.model, chosen.values())


def references(model: Any, keys: Any) -> Refs:
    """Return references to records of one model."""
    return tuple((model._meta.label, key) for key in keys)


def _squeeze(south: float, north: float) -> float:
    """Return how much shorter a degree of longitude is, where it is shortest."""
    farthest = min(89.0, max(abs(south), abs(north)))
    return float(np.cos(np.radians(farthest)))
