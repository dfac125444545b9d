"""Outlines of areas as survey teams draw them: few corners, seldom a rectangle.

All shapes are in metres around the origin and have the area that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import LineString, Polygon

from safelane.demo.world.streams import pick

# How many corners a drawn area has: the measured median is six.
CORNERS = {4: 20, 5: 18, 6: 22, 7: 14, 8: 10, 9: 6, 11: 4, 14: 3, 19: 2, 27: 1}
FORMS = {"star": 50, "field": 20, "ribbon": 16, "corner": 14}


def draw_area(size: float, rng: np.random.Generator) -> Polygon:
    """Return a polygon of ``size`` m2 in one of the forms that people draw."""
    return fit(_MAKERS[pick(rng, FORMS)](rng), size, rng.uniform(0, 360))


def fit(polygon: Polygon, size: float, turn: float = 0.0) -> Polygon:
    """Return ``polygon`` centred, turned by ``turn`` degrees, of ``size`` m2."""
    factor = float(np.sqrt(size / polygon.area))
    centre = polygon.centroid
    moved = affinity.translate(polygon, -centre.x, -centre.y)
    scaled = affinity.scale(moved, factor, factor, origin=(0, 0))
    return affinity.rotate(scaled, turn, origin=(0, 0))


def ribbon(
    middle: NDArray[np.float64], widths: NDArray[np.float64], rng: np.random.Generator
) -> Polygon:
    """Return the area along a line, ``widths`` metres wide at each of its points."""
    ahead = np.gradient(middle, axis=0)
    side = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    side /= np.hypot(*side.T)[:, None]
    left = middle + side * (widths * rng.uniform(0.4, 0.6, len(widths)))[:, None]
    right = middle - side * (widths * rng.uniform(0.4, 0.6, len(widths)))[:, None]
    polygon = Polygon(np.vstack([left, right[::-1]]))
    return polygon if polygon.is_valid else _thick(middle, float(widths.mean()))


def row_of_parcels(
    sizes: NDArray[np.float64], depth: float, rng: np.random.Generator
) -> list[Polygon]:
    """Return neighbouring parcels that share their slanted sides, in a row from 0.

    ``sizes`` in m2; the row is ``depth`` metres deep.
    """
    edges = np.concatenate([[0.0], np.cumsum(sizes / depth)])
    lean = rng.normal(0.0, 0.12, len(edges)) * np.min(np.diff(edges))
    parcels = []
    for number in range(len(sizes)):
        a, b = edges[number], edges[number + 1]
        la, lb = lean[number], lean[number + 1]
        shape = [(a - la, 0), (b - lb, 0), (b + lb, depth), (a + la, depth)]
        parcels.append(Polygon(shape))
    return parcels


def _star(rng: np.random.Generator) -> Polygon:
    corners = pick(rng, CORNERS)
    even = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    angles = even + rng.uniform(-0.35, 0.35, corners) * (2 * np.pi / corners)
    reach = np.exp(rng.normal(0, 0.28, corners))
    stretch = rng.uniform(1.0, 2.6)
    return Polygon(
        np.column_stack([reach * np.cos(angles) * stretch, reach * np.sin(angles)])
    )


def _field(rng: np.random.Generator) -> Polygon:
    long = rng.uniform(1.0, 3.0)
    jitter = rng.uniform(-0.16, 0.16, (4, 2))
    return Polygon(np.array([(0, 0), (long, 0), (long, 1), (0, 1)]) + jitter)


def _ribbon(rng: np.random.Generator) -> Polygon:
    bends = int(rng.integers(3, 6))
    steps = np.cumsum(rng.uniform(0.7, 1.3, bends))
    middle = np.column_stack([steps, np.cumsum(rng.normal(0, 0.25, bends))])
    return ribbon(middle, rng.uniform(0.25, 0.6, bends), rng)


def _corner(rng: np.random.Generator) -> Polygon:
    arm, wide = rng.uniform(1.4, 2.6), rng.uniform(0.5, 0.9)
    shape = [(0, 0), (arm, 0), (arm, wide), (wide, wide), (wide, arm), (0, arm)]
    return Polygon(np.array(shape) + rng.uniform(-0.1, 0.1, (6, 2)))


def _thick(middle: NDArray[np.float64], width: float) -> Polygon:
    return LineString(middle).buffer(width / 2, cap_style="flat", join_style="mitre")


_MAKERS: dict[str, Callable[[np.random.Generator], Polygon]] = {
    "star": _star,
    "field": _field,
    "ribbon": _ribbon,
    "corner": _corner,
}
