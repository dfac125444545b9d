"""What a coarse reader is shown."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from safelane.core.scope import Precision
from safelane.core.scope.precision import (
    blurred,
    blurred_many,
    cell_bounds,
    rounded_area,
    snapped_box,
)

lons = st.floats(-179, 179)
lats = st.floats(-80, 80)
FIELD = shapely.box(103.2001, 19.4001, 103.2011, 19.4008)


@given(lons, lats)
def test_a_cell_holds_its_point_and_is_about_one_kilometre_wide(lon, lat):
    west, south, east, north = cell_bounds(lon, lat)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9
    middle = (south + north) / 2
    _forward, _back, width = Geod(ellps="WGS84").inv(west, middle, east, middle)
    assert 990 < width < 1010


@given(lons, lats, st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_snapped_box_covers_the_box_asked_for(west, south, wide, high):
    asked = (west, south, min(west + wide, 180), south + high)
    got = snapped_box(asked)
    assert shapely.box(*got).buffer(1e-9).covers(shapely.box(*asked))


def test_boxes_inside_one_cell_ask_the_same_question():
    west, south, east, north = cell_bounds(103.2005, 19.4005)
    inner = (west + 0.001, south + 0.001, west + 0.002, south + 0.002)
    other = (east - 0.002, north - 0.002, east - 0.001, north - 0.001)
    assert snapped_box(inner) == pytest.approx(snapped_box(other))


def test_exact_shows_the_polygon_a_cell_hides_it_and_a_district_shows_nothing():
    assert blurred(FIELD, Precision.EXACT) is FIELD
    cell = blurred(FIELD, Precision.CELL)
    assert cell is not None
    assert cell.bounds == pytest.approx(cell_bounds(*FIELD.centroid.coords[0]))
    assert blurred(FIELD, Precision.DISTRICT) is None
    assert blurred(None, Precision.CELL) is None


def test_many_are_blurred_like_one():
    rows = np.array([FIELD, FIELD, FIELD, None], dtype=object)
    levels = np.array([0, 1, 2, 1])
    shown = blurred_many(rows, levels)
    assert shown[0] is FIELD
    assert shown[1].equals(blurred(FIELD, Precision.CELL))
    assert shown[2] is None
    assert shown[3] is None


@pytest.mark.parametrize(
    ("area", "level", "expected"),
    [
        (12345.6, Precision.EXACT, 12345.6),
        (12345.6, Precision.CELL, 12000),
        (987, Precision.DISTRICT, 990),
        (0.5, Precision.CELL, 0.5),
        (None, Precision.CELL, None),
        (500, Precision.NONE, None),
    ],
)
def test_areas_are_rounded_to_two_digits(area, level, expected):
    assert rounded_area(area, level) == expected
