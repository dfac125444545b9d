"""What the rules look at, gathered by the caller: numbers, codes and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from safelane.core.review.findings import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class FindFacts:
    """One piece of evidence or one find of ordnance in the report.

    Args:
        label: How the findings name it, such as ``evidence 3``.
        directness: ``direct``, ``indirect`` or "" for ordnance.
        accuracy_m: 95 % radius of the position, metres; None when not stated.
        depth_cm: From the surface to the top of the item; None when not stated.
        from_area_m: Metres between it and the area it is reported for; None when
            there is no area or no outline.
    """

    label: str
    geometry: Point
    directness: str = ""
    count: int = 1
    found_on: date | None = None
    accuracy_m: float | None = None
    depth_cm: int | None = None
    from_area_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxFacts:
    """One box of a survey.

    Args:
        label: How the findings name it: its grid number.
        searched_percent: Share that was searched; None when not stated.
        has_find: Whether direct evidence or a submunition lies in it; only looked for
            where the result wants one.
        find_rows: The recorded ones, where the report itself has none in it.
    """

    label: str
    geometry: Polygon
    size_m: int
    result: str
    searched_percent: int | None = None
    searched_on: date | None = None
    has_find: bool = False
    find_rows: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFacts:
    """One surveyed point; ``order`` counts along the perimeter."""

    order: int
    kind: str
    geometry: Point
    label: str = ""
    distance_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapFacts:
    """Another area that shares ground with the report's polygon.

    Args:
        share: Common area over the smaller of the two areas, 0 to 1.
        area_m2: Common area, geodesic square metres.
        rows: The area itself; empty for a row of the same file.
    """

    reference: str
    share: float
    area_m2: float
    rows: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """One report with what the register knows around it.

    Args:
        today: The day on which the rules are asked.
        date_of_information: The day on which the report's facts were true.
        kind_before, status_before: Of the area, at that date, before this report;
            "" when the area is new or nobody stated them.
        kind_after, status_after: As they would be with this report.
        before_rows: What says them and the outline of then: the period, or the area
            itself where nothing was known then; empty where it is new.
        status_reason: The reason that the report gives for its status.
        geometry: The polygon that the report states; None when it states none.
        area_m2: Geodesic area of ``geometry``.
        stated_area_m2: The number that a person gave.
        direct_evidence: Pieces of direct evidence linked to the area or within the
            near distance of its polygon: approved ones and those of this report.
        direct_inside: Those of them that lie inside the polygon in force.
        near_rows, inside_rows: The recorded ones among either.
        ground_known: Whether the area has a polygon after this report.
        ground_rows: The same, where finds are judged by the type or outline of before;
            empty where the report states both.
        moved_m: Metres between ``geometry`` and where the area lies now; None when it
            is new or lies nowhere.
        moved_rows: The area whose recorded place was looked at for that.
        same_day: Whether an approved report of the same day speaks of the area.
        nearby_land: Some of the areas recorded in the cells that the report touches.
        nearby_finds: Likewise of evidence and ordnance.
        closure_m: Closure error of a traverse, metres; None without a traverse.
        perimeter_m: Length of that traverse, metres.
        box_size_m: Side of a box that is usual in the country.
        box_share: Share of a box (0 to 1) that counts as having searched it.
        bounds: Box of the country: west, south, east, north in WGS 84 degrees.
    """

    today: date
    date_of_information: date
    kind_before: str = ""
    kind_after: str = ""
    status_before: str = ""
    status_after: str = ""
    status_reason: str = ""
    before_rows: tuple[Ref, ...] = ()
    geometry: BaseGeometry | None = None
    area_m2: float | None = None
    stated_area_m2: float | None = None
    depth_cm: int | None = None
    direct_evidence: int = 0
    direct_inside: int = 0
    near_rows: tuple[Ref, ...] = ()
    inside_rows: tuple[Ref, ...] = ()
    ground_known: bool = False
    ground_rows: tuple[Ref, ...] = ()
    moved_m: float | None = None
    moved_rows: tuple[Ref, ...] = ()
    same_day: bool = False
    nearby_land: tuple[Ref, ...] = ()
    nearby_finds: tuple[Ref, ...] = ()
    finds: tuple[FindFacts, ...] = ()
    boxes: tuple[BoxFacts, ...] = ()
    box_size_m: float | None = None
    box_share: float | None = None
    points: tuple[PointFacts, ...] = ()
    overlaps: tuple[OverlapFacts, ...] = ()
    closure_m: float | None = None
    perimeter_m: float | None = None
    bounds: tuple[float, float, float, float] | None = None
