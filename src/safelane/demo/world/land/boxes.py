"""Survey boxes of a strike and the confirmed areas drawn around its red boxes.

The method is that of cluster-munition remnants survey (IMAS 08.20/02): boxes are
searched outward from evidence; red, yellow, blue, green and grey say what was found.
All numbers are parameters of the country.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from safelane.countries import CountryPack
from safelane.demo.world.land.strikes import Strike

Cells = NDArray[np.bool_]
MAX_CORNERS = 16


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """Parameters of the box survey, lengths in metres, ``join_gap`` in boxes.

    ``searched_percent`` of a box are searched before it counts as searched.
    """

    box_m: int = 50
    join_gap: int = 1
    buffer_m: float = 50.0
    searched_percent: int = 50
    ring: int = 1
    unreachable_share: float = 0.04


def survey_rules(pack: CountryPack) -> SurveyRules:
    """Return the rules of a country's box survey, from its parameters."""
    box_m = int(pack.parameter("box_size_m"))
    return SurveyRules(
        box_m=box_m,
        join_gap=int(pack.parameter("box_join_gap_m")) // box_m - 1,
        buffer_m=float(pack.parameter("cha_buffer_m")),
        searched_percent=round(pack.parameter("box_searched_share") * 100),
    )


@dataclass(frozen=True, slots=True)
class BoxGrid:
    """The boxes of one strike: ``colours`` is indexed by row and column.

    ``corner`` is the grid number (column, row) of the south-west box; grid numbers
    count boxes from the origin of the UTM zone.
    """

    strike: Strike
    corner: tuple[int, int]
    colours: NDArray[np.str_]
    red: Cells
    rules: SurveyRules

    def boxes(self) -> Iterator[tuple[int, int, str]]:
        """Yield (column, row, colour) of every box that was looked at."""
        for row, column in zip(*np.nonzero(self.colours != ""), strict=True):
            name = str(self.colours[row, column])
            yield self.corner[0] + int(column), self.corner[1] + int(row), name

    def square(self, column: int, row: int) -> Polygon:
        """Return one box by its grid numbers, in metres."""
        size = self.rules.box_m
        x, y = column * size, row * size
        return shapely.box(x, y, x + size, y + size)


def survey(strike: Strike, rules: SurveyRules, rng: np.random.Generator) -> BoxGrid:
    """Return the boxes searched outward from the evidence of ``strike``."""
    everything = np.array([item.xy for item in strike.items])
    pad = rules.ring + rules.join_gap + 1
    low = np.floor(everything.min(axis=0) / rules.box_m).astype(int) - pad
    high = np.floor(everything.max(axis=0) / rules.box_m).astype(int) + pad

    def mark(*kinds: str) -> Cells:
        cells = np.zeros((high - low + 1)[::-1], dtype=bool)
        spots = strike.positions(*kinds)
        column, row = (np.floor(spots / rules.box_m).astype(int) - low).T
        cells[row, column] = True
        return cells

    red = mark("submunition")
    colours = _colours(red, mark("fragment", "container"), mark("other"), rules, rng)
    return BoxGrid(strike, (int(low[0]), int(low[1])), colours, red, rules)


def confirmed_areas(grid: BoxGrid) -> list[Polygon]:
    """Return the areas around connected red boxes, with the buffer, few-cornered."""
    reach = np.ones((2 * grid.rules.join_gap + 1,) * 2, dtype=bool)
    labels, count = ndimage.label(
        ndimage.binary_dilation(grid.red, structure=reach), structure=np.ones((3, 3))
    )
    areas = []
    for label in range(1, count + 1):
        rows, columns = np.nonzero(grid.red & (labels == label))
        squares = [
            grid.square(grid.corner[0] + int(c), grid.corner[1] + int(r))
            for r, c in zip(rows, columns, strict=True)
        ]
        areas.append(_outline(shapely.union_all(squares), grid.rules))
    return areas


def _colours(
    red: Cells,
    yellow: Cells,
    blue: Cells,
    rules: SurveyRules,
    rng: np.random.Generator,
) -> NDArray[np.str_]:
    found = red | yellow | blue
    around = np.ones((2 * rules.ring + 1,) * 2, dtype=bool)
    looked_at = ndimage.binary_dilation(found, structure=around)
    colours = np.where(looked_at, "green", "").astype("<U6")
    grey = looked_at & ~found & (rng.random(red.shape) < rules.unreachable_share)
    for cells, name in (
        (grey, "grey"),
        (yellow, "yellow"),
        (blue, "blue"),
        (red, "red"),
    ):
        colours[cells] = name
    return colours


def _outline(squares: BaseGeometry, rules: SurveyRules) -> Polygon:
    """Return one polygon without holes around the boxes, simplified outward."""
    close = rules.box_m * (rules.join_gap + 0.5)
    whole = squares.buffer(close, join_style="mitre").buffer(-close, join_style="mitre")
    drawn = whole.buffer(rules.buffer_m, join_style="mitre")
    shape = drawn = _shell(drawn)
    step = rules.box_m / 2
    while len(shape.exterior.coords) > MAX_CORNERS + 1:
        shape = _shell(drawn.simplify(step))
        step *= 1.3
    return shape if shape.contains(squares) else _cover(shape, squares)


def _cover(shape: Polygon, squares: BaseGeometry) -> Polygon:
    """Return ``shape`` widened until it holds every red box."""
    together = shape.union(squares)
    if isinstance(together, Polygon) and len(together.exterior.coords) <= MAX_CORNERS:
        return Polygon(together.exterior)
    return _shell(together.convex_hull)


def _shell(shape: BaseGeometry) -> Polygon:
    """Return ``shape`` without holes, or its hull if it is in pieces."""
    whole = shape if isinstance(shape, Polygon) else shape.convex_hull
    return Polygon(shapely.get_coordinates(shapely.get_exterior_ring(whole)))
