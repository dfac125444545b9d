"""Polygons and surveyed points: the checks of GICHD's geocheck, at entry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import distance_m
from safelane.core.geo.rings import Points, sides
from safelane.core.geo.values import invalid_reason
from safelane.countries import Rule
from safelane.countries.findings import Breach
from safelane.hazards.rules.facts import ReportFacts


def polygon_valid(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """A polygon has three corners, covers ground and does not cross itself.

    An area that is known by its position only has a point.
    """
    shape = facts.geometry
    if shape is None or (isinstance(shape, Point) and not shape.is_empty):
        return
    if not isinstance(shape, (Polygon, MultiPolygon)) or shape.is_empty:
        message = _("The area is not a polygon but “%(kind)s”.")
        yield Breach(message, {"kind": shape.geom_type}, "geometry")
    elif not shape.is_valid:
        reason, where = invalid_reason(shape)
        message = _("The polygon is not valid: %(reason)s. Move or remove that corner.")
        yield Breach(message, {"reason": reason}, where or "geometry")
    elif shape.area == 0:
        yield Breach(_("The polygon covers no ground."), {}, "geometry")


def duplicate_vertices(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The same corner does not stand twice in a row."""
    if facts.geometry is None:
        return
    starts, _ends, metres = sides(facts.geometry)
    double = np.flatnonzero(metres < rule.parameters["metres"])
    if len(double):
        message = _("%(count)s corners stand twice in a row.")
        yield Breach(message, {"count": len(double)}, _at(starts[double[0]]))


def vertex_distance(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Corners are not absurdly far apart."""
    if facts.geometry is None:
        return
    starts, _ends, metres = sides(facts.geometry)
    limit = rule.parameters["metres"]
    far = np.flatnonzero(metres > limit)
    if len(far):
        longest = far[np.argmax(metres[far])]
        message = _(
            "%(count)s sides are longer than %(limit)s m, the longest %(longest)s "
            "m. Check the coordinates of its corners."
        )
        values = {"count": len(far), "limit": limit}
        values["longest"] = round(float(metres[longest]))
        yield Breach(message, values, _at(starts[longest]))


def inside_country(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Everything lies in the box around the country."""
    if facts.bounds is None:
        return
    margin = rule.parameters["margin_degrees"]
    west, south, east, north = facts.bounds
    box = shapely.box(west - margin, south - margin, east + margin, north + margin)
    named: list[tuple[str, BaseGeometry | None]] = [("geometry", facts.geometry)]
    named += [(find.label, find.geometry) for find in facts.finds]
    named += [(box.label, box.geometry) for box in facts.boxes]
    named += [(f"point {p.order}", p.geometry) for p in facts.points]
    message = _(
        "%(label)s lies outside the country, near %(lon)s, %(lat)s. Are "
        "latitude and longitude swapped, or is it another zone?"
    )
    for label, shape in named:
        if shape is None or shape.is_empty or box.covers(shape):
            continue
        lon, lat = shapely.get_coordinates(shape)[0]
        values = {"label": label, "lon": round(lon, 4), "lat": round(lat, 4)}
        yield Breach(message, values, (float(lon), float(lat)))


def intermediate_points(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Long sides between surveyed points have an intermediate point."""
    limit, kinds = rule.parameters["metres"], rule.parameters["kinds"]
    points = sorted((p for p in facts.points if p.kind in kinds), key=lambda p: p.order)
    gaps = [
        (metres, one)
        for one, other in zip(points, points[1:], strict=False)
        if (metres := distance_m(one.geometry, other.geometry)) > limit
    ]
    if gaps:
        longest, start = max(gaps, key=lambda gap: gap[0])
        message = _(
            "%(count)s pairs of points are more than %(limit)s m apart without an "
            "intermediate point; the longest gap is %(longest)s m after point "
            "%(order)s."
        )
        values = {"count": len(gaps), "limit": limit, "longest": round(longest)}
        values["order"] = start.order
        yield Breach(message, values, (start.geometry.x, start.geometry.y))


def traverse_closure(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """A traverse comes back to its start."""
    if facts.closure_m is None or not facts.perimeter_m:
        return
    share = rule.parameters["share"]
    allowed = max(facts.perimeter_m * share, rule.parameters["metres"])
    if facts.closure_m > allowed:
        message = _(
            "The traverse misses its start by %(closure)s m over %(perimeter)s m; "
            "%(allowed)s m are allowed. Measure again."
        )
        values = {"closure": round(facts.closure_m, 1), "allowed": round(allowed, 1)}
        values["perimeter"] = round(facts.perimeter_m)
        yield Breach(message, values, "points")


def area_size(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Tiny and huge polygons are shown."""
    size = facts.area_m2
    low, high = rule.parameters["minimum_m2"], rule.parameters["maximum_m2"]
    if size is not None and not low <= size <= high:
        message = _("The polygon has %(size)s m². Check that this is meant.")
        yield Breach(message, {"size": round(size)}, "geometry")


def _at(corner: Points) -> tuple[float, float]:
    return float(corner[0]), float(corner[1])
