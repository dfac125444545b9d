"""What the rules look at, for very many rows: columns, and facts of a row on demand.

Which rows a rule might complain about is found for all of them at once. A screen may
let too many through, never too few: the rule itself decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from safelane.core.geo.entry.grid import GridBox, squares
from safelane.core.geo.measure import distance_m
from safelane.core.geo.rings import out_of, rough_sides
from safelane.core.scope.nearby import Bounds, Refs
from safelane.countries import CountryPack, Rule
from safelane.hazards.choices import DIRECT, SUBMUNITION
from safelane.hazards.inputs import ReportInput
from safelane.hazards.rules.evaluation import NEEDS
from safelane.hazards.rules.facts import BoxFacts, FindFacts, OverlapFacts, ReportFacts
from safelane.hazards.rules.finds import usual_size

Mask = NDArray[np.bool_]
# Rough metres are right to one per cent.
_SLACK = 0.02


class Before(NamedTuple):
    """What held of an area on the day of a row.

    ``ground`` says whether there was an outline, ``outline`` is it where finds are
    compared with it; ``is_settled`` that a report of the same day is approved;
    ``rows`` what a reader must see to be told of that day.
    """

    kind: str = ""
    status: str = ""
    ground: bool = False
    outline: Any = None
    is_settled: bool = False
    rows: Refs = ()


class Near(NamedTuple):
    """Recorded direct evidence near and inside a row's outline, and what is unseen."""

    evidence: Refs = ()
    inside: Refs = ()
    unseen_land: Refs = ()
    unseen_finds: Refs = ()


class Limits(NamedTuple):
    """What a country's pack sets for all rows on the day on which rules are asked.

    Args:
        near_m: How near to an area direct evidence counts for it.
        far_m: How far from it such evidence, also that of the report, may lie.
    """

    today: date
    bounds: Bounds
    box_size_m: float
    box_share: float
    near_m: float
    far_m: float

    @classmethod
    def of(cls, pack: CountryPack, today: date) -> Limits:
        share, near_m = (
            float(pack.parameter(key, today))
            for key in ("box_searched_share", "near_evidence_m")
        )
        far = pack.rule("confirming-evidence-near", today).parameters["metres"]
        size = usual_size(pack)
        return cls(today, pack.bounds, size, share, near_m, float(far))


NEW, ALONE = Before(), Near()


@dataclass(frozen=True, kw_only=True)
class Sheet(Sequence[ReportFacts]):
    """The facts of rows about one area each.

    Args:
        shapes: Polygons; None without one.
        areas: Square metres of the polygons; nan without one.
        before: What held of areas that exist, by position.
        overlaps: By position.
        near: By position, where there is any.
        held: Recorded finds in boxes.
        places: Where areas that exist lie now, by position, beside a polygon.
    """

    items: Sequence[ReportInput]
    shapes: Any
    areas: NDArray[np.float64]
    limits: Limits
    before: Mapping[int, Before] = field(default_factory=dict)
    overlaps: Mapping[int, tuple[OverlapFacts, ...]] = field(default_factory=dict)
    near: Mapping[int, Near] = field(default_factory=dict)
    held: Mapping[GridBox, Refs] = field(default_factory=dict)
    places: Mapping[int, tuple[Any, Refs]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[ReportFacts]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, i: Any) -> Any:
        item, shape, area = self.items[i], self.shapes[i], float(self.areas[i])
        stated, before = item.facts, self.before.get(i, NEW)
        near = self.near.get(i, ALONE)
        place, recorded = self.places.get(i, (None, ()))
        outline = before.outline if shape is None else shape
        evidence = tuple(_finds(item.evidence, "evidence", outline))
        own = [
            row
            for row, find in zip(item.evidence, evidence, strict=True)
            if row.directness == DIRECT and (find.from_area_m or 0) <= self.limits.far_m
        ]
        held = [e for e in own if outline is not None and outline.covers(e.geometry)]
        return ReportFacts(
            today=self.limits.today,
            date_of_information=item.date_of_information,
            kind_before=before.kind,
            kind_after=stated.get("kind", before.kind),
            status_before=before.status,
            status_after=stated.get("status", before.status),
            status_reason=stated.get("status_reason", ""),
            before_rows=before.rows,
            geometry=shape,
            area_m2=None if area != area else area,
            stated_area_m2=stated.get("stated_area_m2"),
            depth_cm=stated.get("depth_cm"),
            direct_evidence=len(near.evidence) + len(own),
            direct_inside=len(near.inside) + len(held),
            near_rows=near.evidence,
            inside_rows=near.inside,
            ground_known=before.ground or shape is not None,
            ground_rows=() if shape is not None and "kind" in stated else before.rows,
            moved_m=None if place is None else distance_m(place, shape),
            moved_rows=recorded,
            same_day=before.is_settled,
            nearby_land=near.unseen_land,
            nearby_finds=near.unseen_finds,
            finds=(*evidence, *_finds(item.ordnance, "ordnance", outline)),
            boxes=tuple(self._boxes(item)),
            box_size_m=self.limits.box_size_m,
            box_share=self.limits.box_share,
            points=item.points,
            overlaps=self.overlaps.get(i, ()),
            bounds=self.limits.bounds,
        )

    def _boxes(self, item: ReportInput) -> Iterator[BoxFacts]:
        if not item.boxes:
            return
        own = [e.geometry for e in item.evidence if e.directness == DIRECT]
        own += [o.geometry for o in item.ordnance if o.category == SUBMUNITION]
        outlines = squares([box.box for box in item.boxes])
        for box, outline in zip(item.boxes, outlines, strict=True):
            has_own = any(outline.covers(point) for point in own)
            known = self.held.get(box.box, ())
            yield BoxFacts(
                label=box.box.number,
                geometry=outline,
                size_m=box.size_m,
                result=box.result,
                searched_percent=box.searched_percent,
                searched_on=box.searched_on,
                has_find=has_own or bool(known),
                find_rows=() if has_own else known,
            )

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a stated number of every row; nan where it is not stated."""
        values = (item.facts.get(name) for item in self.items)
        return np.array([np.nan if v is None else v for v in values], dtype=float)

    def having(self, *names: str) -> Mask:
        """Return which rows have something beside the facts: finds, boxes or points."""
        found: Mask = np.logical_or.reduce([self._beside[name] for name in names])
        return found

    @cached_property
    def _beside(self) -> dict[str, Mask]:
        return {
            name: np.array([bool(getattr(item, name)) for item in self.items], bool)
            for name in ("evidence", "ordnance", "boxes", "points")
        }

    def steps(self) -> list[tuple[Any, ...] | None]:
        """Return, per row, all that rules on steps look at; None where it is its own.

        Rows with evidence, recorded or their own, are asked each for itself.
        """
        found: list[tuple[Any, ...] | None] = []
        for i, (item, shape) in enumerate(zip(self.items, self.shapes, strict=True)):
            if i in self.near or item.evidence:
                found.append(None)
                continue
            was: Before = self.before.get(i, NEW)
            get, placed = item.facts.get, shape is not None
            reason = get("status_reason", "").strip() == ""
            after = get("kind", was.kind), get("status", was.status)
            before = was.kind, was.status, was.rows
            found.append((*before, *after, was.ground or placed, reason, placed))
        return found


def _finds(rows: Iterable[Any], name: str, ground: Any) -> Iterator[FindFacts]:
    """Yield finds as the rules see them, saved or about to be.

    Args:
        name: How the findings name them, with a number: ``evidence`` or ``ordnance``.
        ground: Outline of the area for which they are reported.
    """
    for number, row in enumerate(rows, start=1):
        yield FindFacts(
            label=f"{name} {number}",
            geometry=row.geometry,
            directness=getattr(row, "directness", ""),
            count=row.count,
            found_on=row.found_on,
            accuracy_m=row.accuracy_m,
            depth_cm=getattr(row, "depth_cm", None),
            from_area_m=None if ground is None else distance_m(ground, row.geometry),
        )


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


def _having(*names: str) -> Screen:
    return lambda sheet, _edges, _rule: sheet.having(*names)


def _odd_date(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    today, earliest = sheet.limits.today, rule.parameters["earliest"]
    days = (item.date_of_information for item in sheet.items)
    return np.array([not earliest <= day <= today for day in days], dtype=bool)


def _unsound(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    shapes = edges.shapes
    kinds = shapely.get_type_id(shapes)
    sound = (
        np.isin(kinds, (3, 6)) & shapely.is_valid(shapes) & (shapely.area(shapes) > 0)
    )
    sound |= (kinds == 0) & ~shapely.is_empty(shapes)  # known by its position only
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
    mask = np.zeros(len(sheet), dtype=bool)
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


def _same_day(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    before = (sheet.before.get(i, NEW) for i in range(len(sheet)))
    return np.array([known.is_settled for known in before], dtype=bool)


def _elsewhere(sheet: Sheet, edges: Edges, rule: Rule) -> Mask:
    mask = np.zeros(len(sheet), dtype=bool)
    apart = [
        i for i, (was, _rows) in sheet.places.items() if was.disjoint(sheet.shapes[i])
    ]
    mask[apart] = True
    return mask


SCREENS: dict[str, Screen] = {
    "area-moved": _elsewhere,
    "same-day": _same_day,
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
    **{key: _having(*BESIDE[name]) for key, name in NEEDS.items()},
}
