"""Corner by corner: duplicates, spikes, crossings, for one or for many."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import GEOD, Bounds

Place = tuple[float, float]
MOST_CROSSED = 300  # corners among which all crossings are looked for
SPIKE_DEGREES = 1.0  # a corner that is sharper is a spike
NO_AREA_DEG2 = 1e-12  # about a square decimetre
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]
Points = NDArray[np.float64]


class Corners(NamedTuple):
    """The vertices of many lines and rings, one after another.

    ``points`` (n, 2) in degrees; ``line`` (n,) which line each is on; ``owner`` (n,)
    which geometry; ``closed`` (n,) whether the line is a ring.
    """

    points: NDArray[np.float64]
    line: Indices
    owner: Indices
    closed: Mask


def corners(shapes: NDArray[np.object_]) -> Corners:
    """Return the vertices of the lines and rings of ``shapes`` (not of points)."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    kinds = shapely.get_type_id(parts)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    is_line = (kinds == 1) | (kinds == 2)
    lines = np.concatenate([rings, parts[is_line]])
    owner = np.concatenate([part_owner[ring_part], part_owner[is_line]])
    closed = np.concatenate(
        [np.ones(len(rings), dtype=bool), np.zeros(is_line.sum(), dtype=bool)]
    )
    points, line = shapely.get_coordinates(lines, return_index=True)
    return Corners(points, line, owner[line], closed[line])


def _edges(chain: Corners) -> tuple[Mask, NDArray[np.float64]]:
    """Return which steps stay on one line, and their (x, y) lengths in metres."""
    same = chain.line[1:] == chain.line[:-1]
    step = np.diff(chain.points, axis=0)
    middle = (chain.points[1:, 1] + chain.points[:-1, 1]) / 2
    step[:, 0] *= np.cos(np.radians(middle))
    return same, step * 111_320.0


def _angles(chain: Corners, same: Mask, step: NDArray[np.float64]) -> Any:
    """Return, per vertex, the angle there in degrees; nan where there is none."""
    n = len(chain.points)
    angles = np.full(n, np.nan)
    if n < 3:
        return angles
    inner = same[1:] & same[:-1]
    angles[1:-1][inner] = _between(-step[:-1][inner], step[1:][inner])
    # The first vertex of a ring lies between its last and its first edge.
    first = np.flatnonzero(np.r_[True, chain.line[1:] != chain.line[:-1]])
    last = np.r_[first[1:], n] - 1
    ring = chain.closed[first] & (last - first >= 2)
    first, last = first[ring], last[ring]
    angles[first] = _between(-step[last - 1], step[first])
    return angles


def _between(one: NDArray[np.float64], other: NDArray[np.float64]) -> Any:
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    dot = (one * other).sum(axis=1)
    angle = np.degrees(np.arctan2(np.abs(cross), dot))
    angle[(cross == 0) & (dot == 0)] = np.nan
    return angle


def _single(shape: BaseGeometry) -> Corners:
    return corners(np.array([shape], dtype=object))


def _places(points: NDArray[np.float64]) -> list[Place]:
    return [(float(x), float(y)) for x, y in points]


def encloses_nothing(shape: BaseGeometry) -> bool:
    """Say whether the corners of a polygon lie on one line or point."""
    if "Polygon" not in shape.geom_type:
        return False
    if shape.is_valid:
        return bool(shape.area < NO_AREA_DEG2)
    # The two halves of a crossing outline can cancel; their hull cannot.
    return bool(shape.convex_hull.area < NO_AREA_DEG2)


def duplicates_in_a_row(shape: BaseGeometry) -> list[Place]:
    """Return the vertices that follow themselves."""
    chain = _single(shape)
    same, _step = _edges(chain)
    equal = (chain.points[1:] == chain.points[:-1]).all(axis=1)
    return _places(chain.points[1:][same & equal])


def duplicate_points(shape: BaseGeometry) -> list[Place]:
    """Return the points that a multi-point holds more than once."""
    if shape.geom_type != "MultiPoint":
        return []
    points, counts = np.unique(
        shapely.get_coordinates(shape), axis=0, return_counts=True
    )
    return _places(points[counts > 1])


def spikes(shape: BaseGeometry) -> list[tuple[Place, float]]:
    """Return the corners of rings that are too sharp, with their degrees."""
    chain = _single(shapely.remove_repeated_points(shape))
    angles = _angles(chain, *_edges(chain))
    sharp = np.flatnonzero((angles < SPIKE_DEGREES) & chain.closed)
    return [(_places(chain.points[[i]])[0], float(angles[i])) for i in sharp]


def sides(shape: BaseGeometry) -> tuple[Points, Points, NDArray[np.float64]]:
    """Return starts (n, 2), ends (n, 2) and geodesic metres (n,) of lines and rings."""
    chain = _single(shape)
    same, _step = _edges(chain)
    start, end = chain.points[:-1][same], chain.points[1:][same]
    _az, _back, metres = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return start, end, np.asarray(metres)


def rough_sides(shapes: NDArray[np.object_]) -> tuple[Indices, NDArray[np.float64]]:
    """Return, of all sides of many, whose they are and their metres to 1 %."""
    chain = corners(shapes)
    same, step = _edges(chain)
    return chain.owner[1:][same], np.hypot(step[:, 0], step[:, 1])[same]


def crossings(shape: BaseGeometry) -> list[Place]:
    """Return where the rings of ``shape`` cross, apart from shared vertices.

    Nothing for a shape of many corners: a thousand that cross each other at random take
    a quarter of a minute.
    """
    if shapely.get_num_coordinates(shape) > MOST_CROSSED:
        return []
    noded = shapely.get_coordinates(shapely.node(shapely.boundary(shape)))
    own = {tuple(point) for point in shapely.get_coordinates(shape)}
    found = dict.fromkeys(tuple(point) for point in noded)
    return [(float(x), float(y)) for x, y in found if (x, y) not in own]


def suspects(shapes: NDArray[np.object_], bounds: Bounds | None) -> Mask:
    """Return which geometries need a closer look; misses none that has a fault."""
    found = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    found |= ~shapely.is_valid(shapes)
    found |= out_of(shapely.bounds(shapes), bounds or (-180.0, -90.0, 180.0, 90.0))
    chain = corners(shapes)
    same, step = _edges(chain)
    lengths = np.hypot(step[:, 0], step[:, 1])
    found[chain.owner[1:][same & (lengths == 0)]] = True
    with np.errstate(invalid="ignore"):
        sharp = _angles(chain, same, step) < SPIKE_DEGREES
    found[chain.owner[sharp & chain.closed]] = True
    kinds = shapely.get_type_id(shapes)
    polygonal = (kinds == 3) | (kinds == 6)
    found[polygonal & (shapely.area(shapes) < NO_AREA_DEG2)] = True
    found[kinds == 4] = True
    return found


def out_of(boxes: NDArray[np.float64], limits: Bounds) -> Mask:
    """Return which boxes (n, 4) do not lie within limits; none does without numbers."""
    inside = (
        (boxes[:, 0] >= limits[0])
        & (boxes[:, 1] >= limits[1])
        & (boxes[:, 2] <= limits[2])
        & (boxes[:, 3] <= limits[3])
    )
    return ~inside
