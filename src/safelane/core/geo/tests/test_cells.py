"""The grid in Python and in SQL: one cell per row, on whichever database runs."""

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from safelane.core.geo.cells import (
    cell_bounds,
    cell_bounds_many,
    cell_of,
    reaching_in,
)
from safelane.core.geo.tests.fieldapp.models import Plot
from safelane.core.geo.tests.strategies import geometries, places
from safelane.core.geo.tests.test_lookups import store

lons = st.floats(-179, 179)
lats = st.floats(-80, 80)
compared = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SMALL = st.integers(1, 40).map(lambda n: n / 2000)


@given(lons, lats)
def test_a_cell_holds_its_point_and_is_about_one_kilometre_wide(lon, lat):
    west, south, east, north = cell_bounds(lon, lat)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9
    middle = (south + north) / 2
    _forward, _back, width = Geod(ellps="WGS84").inv(west, middle, east, middle)
    assert 990 < width < 1010


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1))
def test_many_cells_are_those_of_one_by_one(points):
    lon, lat = np.array(points).T
    assert cell_bounds_many(lon, lat).tolist() == [
        list(cell_bounds(*point)) for point in points
    ]


@given(lons, lats, st.floats(-0.03, 0.03), st.floats(-0.03, 0.03))
def test_the_middle_of_a_cell_that_meets_a_box_lies_in_what_reaches_in(
    lon, lat, right, up
):
    box = (lon + right, lat + up, lon + right + 0.004, lat + up + 0.004)
    cell = shapely.box(*cell_bounds(lon, lat))
    if cell.intersects(shapely.box(*box)):
        assert shapely.box(*reaching_in(box)).covers(shapely.Point(lon, lat))


def test_what_reaches_in_goes_round_the_world_at_the_antimeridian():
    west, _south, east, _north = reaching_in((179.995, -17, -179.995, -16.9))
    assert west == pytest.approx(179.985, abs=0.001)
    assert east == pytest.approx(-179.985, abs=0.001)
    assert reaching_in((179.995, 0, 180, 1))[2] == 180
    assert reaching_in((0.001, 0, 0, 1))[::2] == (-180, 180)


def cell(shape):
    return shapely.box(*cell_of(shape.bounds))


def found(**lookup):
    rows = Plot.objects.filter(geometry__isnull=False, **lookup).order_by("pk")
    return [row.geometry.wkb for row in rows]


def expected(shapes, test):
    return [shape.wkb for shape in shapes if test(cell(shape))]


@pytest.mark.django_db
@compared
@given(
    shapes=st.lists(geometries, min_size=1, max_size=8),
    corner=places,
    moved=st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)),
    wide=SMALL,
    high=SMALL,
)
def test_rows_are_found_by_a_box_if_and_only_if_their_cell_meets_it(
    shapes, corner, moved, wide, high
):
    west, south = corner[0] + moved[0], corner[1] + moved[1]
    box = (west, south, west + wide, south + high)
    store([*shapes, None])
    asked = {"geometry__bbox": reaching_in(box), "geometry__cell_bbox": box}
    assert found(**asked) == expected(shapes, shapely.box(*box).intersects)


@pytest.mark.django_db
@compared
@given(shapes=st.lists(geometries, min_size=1, max_size=8), other=geometries)
def test_shapes_are_compared_with_the_cell(shapes, other):
    store([*shapes, None])
    assert found(geometry__cell_intersects=other) == expected(shapes, other.intersects)
    assert found(geometry__cell_within=other) == expected(shapes, other.contains)
    assert found(geometry__cell_contains=other) == expected(shapes, other.within)


@pytest.mark.django_db
def test_a_box_across_the_antimeridian_finds_cells_on_both_sides():
    near = [shapely.Point(179.9999, -16.5), shapely.Point(-179.9999, -16.5)]
    store([*near, shapely.Point(0, -16.5)])
    box = (179.999, -17, -179.999, -16)
    assert found(geometry__cell_bbox=box) == [point.wkb for point in near]
