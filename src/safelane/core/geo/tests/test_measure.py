import math

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from safelane.core.geo.measure import (
    GEOD,
    area_m2,
    areas_m2,
    distance_m,
    expand_bounds,
    geodesic_area_m2,
    split_bounds,
    utm_zone,
)
from safelane.core.geo.tests.strategies import geometries, polygons

near = settings(max_examples=80, deadline=None)


def test_one_degree_square_at_the_equator_has_its_known_area():
    # Karney's GeodSolve, polygon (0 0, 0 1, 1 1, 1 0): 12308778361.469 m2.
    assert area_m2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308_778_361.469)


def test_holes_are_taken_out_whatever_their_direction():
    shell, hole = (
        shapely.box(102, 19, 102.1, 19.1),
        shapely.box(102.04, 19.04, 102.05, 19.05),
    )
    with_hole = shapely.Polygon(shell.exterior.coords, [hole.exterior.coords])
    assert area_m2(with_hole) == pytest.approx(area_m2(shell) - area_m2(hole))
    assert area_m2(with_hole) == pytest.approx(geodesic_area_m2(with_hole), rel=1e-6)


def test_points_and_lines_have_no_area():
    shapes = [shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)])]
    assert [area_m2(s) for s in shapes] == [0, 0]
    assert list(areas_m2(shapes)) == [0, 0]


@near
@given(st.lists(polygons, min_size=1, max_size=5))
def test_vectorised_areas_agree_with_geographiclib(shapes):
    exact = [geodesic_area_m2(shape) for shape in shapes]
    assert areas_m2(shapes) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(102, 19, 122, 39),
        shapely.box(179.99, -17, 180, -16.9),
        shapely.box(10, 86, 11, 86.5),
        shapely.box(-60.001, -33.001, -60, -33),
        shapely.Point(47, 39.6).buffer(0.0003),
        shapely.box(-0.2, -0.2, 0.2, 0.2),
    ],
)
def test_areas_hold_everywhere(shape):
    assert areas_m2([shape])[0] == pytest.approx(geodesic_area_m2(shape), rel=1e-6)


def test_missing_geometries_have_no_number():
    result = areas_m2([None, shapely.box(0, 0, 0.1, 0.1), shapely.Polygon()])
    assert math.isnan(result[0]) and result[1] > 0 and result[2] == 0
    assert len(areas_m2([])) == 0


def test_many_areas_at_once_are_those_one_by_one():
    centres = np.random.default_rng(1).uniform((100, 14), (107, 22), (5_000, 2))
    shapes = shapely.buffer(shapely.points(centres), 0.002, quad_segs=3)
    areas = areas_m2(shapes)
    assert areas[::1_000] == pytest.approx(
        [geodesic_area_m2(s) for s in shapes[::1_000]], rel=1e-6
    )


@pytest.mark.parametrize("metres", [0.5, 1, 5, 50])
@pytest.mark.parametrize("angle", [0, 30, 90, 135])
@pytest.mark.parametrize("length", [0.002, 0.05, 0.3, 0.49])
def test_slivers_hold_their_accuracy_alone_and_among_many(length, angle, metres):
    axis = shapely.LineString([(46.9, 39.6), (46.9 + length, 39.6)])
    turned = shapely.affinity.rotate(axis, angle)
    sliver = turned.buffer(metres / 222_000, cap_style="flat")
    around = shapely.buffer(shapely.points(np.random.default_rng(2).uniform(
        (46, 39), (47, 40), (50, 2))), 0.001)  # fmt: skip
    among = areas_m2(np.array([*around, sliver, *around], dtype=object))[50]
    assert area_m2(sliver) == among
    exact = geodesic_area_m2(sliver)
    assert among == pytest.approx(exact, rel=1e-6, abs=1e-3)


@near
@given(geometries, geometries)
def test_distance_is_symmetric_and_zero_on_touch(one, other):
    distance = distance_m(one, other)
    assert distance == pytest.approx(distance_m(other, one), rel=1e-3, abs=1e-3)
    if one.intersects(other):
        assert distance == pytest.approx(0, abs=1e-3)


def test_distance_of_points_is_geodesic():
    a, b = shapely.Point(102.1, 19.2), shapely.Point(102.4, 19.5)
    assert distance_m(a, b) == pytest.approx(GEOD.inv(102.1, 19.2, 102.4, 19.5)[2])


def test_distance_crosses_the_antimeridian():
    assert distance_m(shapely.Point(179.99, 0), shapely.Point(-179.99, 0)) == (
        pytest.approx(GEOD.inv(179.99, 0, -179.99, 0)[2])
    )


@near
@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(1, 50_000))
def test_expanded_bounds_hold_the_circle(lon, lat, metres):
    xmin, ymin, xmax, ymax = expand_bounds((lon, lat, lon, lat), metres)
    for azimuth in range(0, 360, 15):
        x, y, _ = GEOD.fwd(lon, lat, azimuth, metres)
        boxes = split_bounds((xmin, ymin, xmax, ymax))
        assert any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes)


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (103.2, 19.4, 48),
        (47.2, 39.6, 38),
        (48.0, 40, 39),
        (180, 0, 60),
        (5, 60, 32),
        (15, 78, 33),
        (-180, 0, 1),
    ],
)
def test_utm_zone(lon, lat, zone):
    assert utm_zone(lon, lat) == zone
