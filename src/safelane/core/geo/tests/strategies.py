"""Hypothesis strategies for geometries on a coarse grid, where touching is common."""

import math

import shapely
from hypothesis import strategies as st

GRID = 0.01
WEST, SOUTH = 102.0, 19.0
lons = st.integers(0, 40).map(lambda i: WEST + i * GRID)
lats = st.integers(0, 40).map(lambda i: SOUTH + i * GRID)
places = st.tuples(lons, lats)
points = places.map(shapely.Point)


@st.composite
def boxes(draw):
    x, y = draw(places)
    w, h = draw(st.integers(1, 15)), draw(st.integers(1, 15))
    return shapely.box(x, y, x + w * GRID, y + h * GRID)


@st.composite
def stars(draw):
    """A simple polygon: corners around a centre at growing angles."""
    x, y = draw(places)
    radii = draw(st.lists(st.integers(1, 8), min_size=3, max_size=9))
    corners = [
        (
            x + r * GRID * math.cos(2 * math.pi * i / len(radii)),
            y + r * GRID * math.sin(2 * math.pi * i / len(radii)),
        )
        for i, r in enumerate(radii)
    ]
    return shapely.Polygon(corners)


@st.composite
def lines(draw):
    spots = draw(st.lists(places, min_size=2, max_size=5, unique=True))
    return shapely.LineString(spots)


polygons = st.one_of(boxes(), stars()).filter(lambda g: g.is_valid)
multipolygons = st.lists(polygons, min_size=1, max_size=3).map(
    lambda parts: shapely.union_all(parts)
)
geometries = st.one_of(points, lines().filter(lambda g: g.is_valid), multipolygons)
