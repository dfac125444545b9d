"""Which rows a rule might complain about, found for all rows at once.

A screen may let too many through, never too few: the rule itself decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from safelane.core.geo.rings import out_of, rough_sides
from safelane.countries import Rule
from safelane.hazards.judging.sheet import Sheet
from safelane.hazards.rules.evaluation import NEEDS

Mask = NDArray[np.bool_]
# Rough metres are right to one per cent.
_SLACK = 0.02


class Edges:
    """The sides of many shapes and their rough lengths in metres."""

    def __init__(self, shapes: Any) -> None:
        self.shapes, self.count = shapes, len(shapes)
        self.owner, self.metres = rough_sides(shapes)

    def of(self, edges: Mask) -> Mask:
        """Return which shapes have one of these edges."""
        mask = np.zeros(self.count, dtype=bool)
        mask[self.owner[edges]] = True
        return mask


Screen = Callable[[Sheet, Edges, Rule], Mask]


def _none(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    """Nobody reports the release of land by rows yet."""
    return np.zeros(len(sheet), dtype=bool)


def _having(*names: str) -> Screen:
    return lambda sheet, _edges, _rule: sheet.having(*names)


def _odd_date(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    today, earliest = sheet.limits.today, rule.parameters["earliest"]
    days = (item.date_of_information for item in sheet.items)
    return np.array([not earliest <= day <= today for day in days], dtype=bool)


def _unsound(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    shapes = edges.shapes
    polygons = np.isin(shapely.get_type_id(shapes), (3, 6))
    sound = polygons & shapely.is_valid(shapes) & (shapely.area(shapes) > 0)
    result: Mask = ~shapely.is_missing(shapes) & ~sound
    return result


def _short_sides(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    return edges.of(edges.metres < rule.parameters["metres"] * (1 + _SLACK) + 0.01)


def _long_sides(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    return edges.of(edges.metres > rule.parameters["metres"] * (1 - _SLACK))


def _outside(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    west, south, east, north = sheet.limits.bounds
    margin = rule.parameters["margin_degrees"]
    limits = (west - margin, south - margin, east + margin, north + margin)
    out = out_of(shapely.bounds(edges.shapes), limits)
    result: Mask = ~shapely.is_missing(edges.shapes) & out
    return result | sheet.having("evidence", "ordnance", "boxes", "points")


def _other_area(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    stated, share = sheet.numbers("stated_area_m2"), rule.parameters["share"]
    allowed = np.maximum(sheet.areas * share, rule.parameters["square_metres"])
    with np.errstate(invalid="ignore"):
        far: Mask = np.abs(sheet.areas - stated) >= allowed
    return far


def _overlapping(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    mask = _none(sheet, edges, rule)
    mask[list(sheet.overlaps)] = True
    return mask


def _with_depth(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    mask: Mask = ~np.isnan(sheet.numbers("depth_cm"))
    return mask | sheet.having("ordnance")


def _odd_size(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    low, high = rule.parameters["minimum_m2"], rule.parameters["maximum_m2"]
    sizes = np.where(np.isnan(sheet.areas), low, sheet.areas)
    result: Mask = ~((sizes >= low) & (sizes <= high))
    return result


# What rows have beside the facts, by the name under which a rule needs it.
BESIDE = {
    "finds": ("evidence", "ordnance"),
    "boxes": ("boxes",),
    "points": ("points",),
    "closure_m": ("points",),
}
SCREENS: dict[str, Screen] = {
    "information-date": _odd_date,
    "polygon-valid": _unsound,
    "duplicate-vertices": _short_sides,
    "vertex-distance": _long_sides,
    "inside-country": _outside,
    "area-agrees": _other_area,
    "overlap-shown": _overlapping,
    "depth-plausible": _with_depth,
    "depth-unusual": _with_depth,
    "area-size": _odd_size,
    **{
        key: _having(*BESIDE[name]) if name in BESIDE else _none
        for key, name in NEEDS.items()
    },
}
