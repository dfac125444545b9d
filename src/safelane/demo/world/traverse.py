"""Typed points of a perimeter with bearing and distance, as read in the field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import Point, Polygon

from safelane.demo.world.frame import DECIMALS, GEOD
from safelane.demo.world.kinds import GeoPoint

BEARING_ERROR = 0.6  # degrees, a good prismatic compass
DISTANCE_ERROR = 0.004  # share, a measured chain
LABELS = {
    "landmark": "Corner of the school, painted white",
    "benchmark": "Concrete post beside the track",
    "start_point": "Wooden stake, metal pin buried",
    "turning_point": "Wooden stake, metal pin buried",
    "end_point": "Wooden stake, metal pin buried",
}


def walk_perimeter(
    polygon: Polygon, declination: float, rng: np.random.Generator
) -> Iterator[GeoPoint]:
    """Yield landmark, benchmark, start, turning and end points of ``polygon``.

    Bearings are magnetic (true minus ``declination``, east positive) and carry the
    reading errors of compass and chain, so that the traverse closes nearly.
    """
    corners = _corners(polygon)
    kinds = ["start_point", *["turning_point"] * (len(corners) - 2), "end_point"]
    first = corners[0]
    middle = polygon.centroid
    away = GEOD.inv(middle.x, middle.y, first.x, first.y)[0]
    post = _from(first, away, rng.uniform(15, 45))
    landmark = _from(post, away + rng.uniform(-60, 60), rng.uniform(80, 400))
    yield GeoPoint(0, "landmark", LABELS["landmark"], landmark)
    path = [landmark, post, *corners]
    for number, ((a, b), kind) in enumerate(
        zip(pairwise(path), ["benchmark", *kinds], strict=True), start=1
    ):
        bearing, _back, distance = GEOD.inv(a.x, a.y, b.x, b.y)
        read = (bearing - declination + rng.normal(0, BEARING_ERROR)) % 360
        chained = distance * (1 + rng.normal(0, DISTANCE_ERROR))
        yield GeoPoint(number, kind, LABELS[kind], b, round(read, 1), round(chained, 1))


def _corners(polygon: Polygon) -> list[Point]:
    """Return the corners, beginning with the outermost: safe to walk up to."""
    xy = shapely.get_coordinates(polygon.exterior)[:-1]
    outermost = int(np.argmax(np.hypot(*(xy - polygon.centroid.coords[0]).T)))
    return [Point(corner) for corner in np.roll(xy, -outermost, axis=0)]


def _from(point: Point, bearing: float, distance: float) -> Point:
    lon, lat, _ = GEOD.fwd(point.x, point.y, bearing, distance)
    return Point(np.round((lon, lat), DECIMALS))
