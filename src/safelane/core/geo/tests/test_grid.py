"""Boxes on the grid of a UTM zone."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.geo.entry.grid import (
    GridBox,
    box_holding,
    fit,
    read_number,
    squares,
)
from safelane.core.geo.measure import area_m2, distance_m

BOX = GridBox(32648, 50, 6000, 43000)
LAOS = (32647, 32648)


def test_a_number_is_read_as_it_is_written():
    assert BOX.number == "48N-6000-43000"
    for text in (BOX.number, "48n 6000 43000", " 48 N-6000/43000 "):
        assert read_number(text, 50) == BOX
    south = GridBox(32755, 50, 6000, 43000)
    assert read_number(south.number, 50) == south


@pytest.mark.parametrize(
    "text",
    [
        "48N 296000 2146000",  # metres
        "48Q 296000 2146000",
        "48N-1-43000",  # west of the zone
        "61N-6000-43000",
        "19.4, 103.05",
        "",
    ],
)
def test_other_texts_are_no_number(text):
    assert read_number(text, 50) is None


def test_a_box_is_a_square_of_its_size():
    (outline,) = squares([BOX])
    assert area_m2(outline) == pytest.approx(2500, rel=0.002)
    west, south = shapely.Point(outline.bounds[:2]), shapely.Point(outline.bounds[2:])
    assert distance_m(west, south) == pytest.approx(50 * np.sqrt(2), rel=0.06)


def test_neighbours_meet_without_gap():
    beside = GridBox(BOX.zone, 50, BOX.column + 1, BOX.row)
    one, other = squares([BOX, beside])
    assert one.intersection(other).length > 0
    assert one.intersection(other).area == 0


def test_the_box_that_holds_a_place_covers_it():
    found = box_holding(103.05, 19.4, 50)
    assert found.zone == 32648
    assert squares([found])[0].covers(shapely.Point(103.05, 19.4))


def test_outline_and_middle_find_their_box():
    (outline,) = squares([BOX])
    for shape in (outline, outline.centroid, shapely.reverse(outline)):
        ((found, off),) = fit([shape], [50], LAOS, 2)
        assert found == BOX
        assert off < 0.05


def test_a_shifted_outline_says_how_far_it_is_off():
    (outline,) = squares([BOX])
    moved = shapely.transform(outline, lambda p: p + [0.0001, 0])  # about 10.5 m
    ((found, off),) = fit([moved], [50], LAOS, 2)
    assert found == BOX
    assert off == pytest.approx(10.5, abs=0.5)


def test_another_shape_than_a_square_is_far_off():
    ((_found, off),) = fit([shapely.Point(103.05, 19.4).buffer(0.01)], [50], LAOS, 2)
    assert off > 100


def test_the_grid_of_the_next_zone_goes_on_over_the_border():
    beyond = GridBox(32648, 50, 3600, 43000)  # west of 102 degrees
    (outline,) = squares([beyond])
    assert outline.bounds[2] < 102
    ((found, off),) = fit([outline], [50], LAOS, 2)
    assert (found, off < 0.05) == (beyond, True)


def test_a_place_without_metres_fits_nothing():
    far = shapely.box(10, 89.9, 11, 89.95)
    ((found, off),) = fit([far], [50], LAOS, 2)
    assert off > 1_000 or not found.exists


# Inside the zone up to 60 degrees: beyond its edge the neighbour's grid counts first.
@given(st.integers(6_700, 13_300), st.integers(0, 133_000), st.sampled_from([10, 50]))
def test_every_box_is_found_by_its_own_outline(column, row, size):
    box = GridBox(32648, size, column * 50 // size, row * 50 // size)
    (outline,) = squares([box])
    ((found, off),) = fit([outline], [size], (32648,), 0.5)
    assert (found.number, off < 0.5) == (box.number, True)
