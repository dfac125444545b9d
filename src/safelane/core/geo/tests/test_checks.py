import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from safelane.core.geo.checks import (
    check_geometry,
    check_many,
)
from safelane.core.geo.tests.strategies import geometries

LAOS = (100.0, 13.9, 107.7, 22.6)
SQUARE = [[102, 19], [102.01, 19], [102.01, 19.01], [102, 19.01], [102, 19]]


def codes(geometry, **options):
    return [fault.code for fault in check_geometry(geometry, **options)]


def polygon(*points):
    return shapely.Polygon(points)


def test_a_sound_area_has_no_fault():
    assert check_geometry(shapely.box(102, 19, 102.01, 19.01), bounds=LAOS) == []
    assert check_geometry({"type": "Polygon", "coordinates": [SQUARE]}) == []
    assert check_geometry(shapely.Point(102, 19), bounds=LAOS) == []


def test_a_crossing_outline_names_the_crossing():
    bowtie = polygon((102, 19), (102.01, 19.01), (102.01, 19), (102, 19.01))
    (fault,) = check_geometry(bowtie)
    assert (fault.code, fault.severity) == ("self_crossing", "block")
    assert fault.where == pytest.approx((102.005, 19.005))


def test_every_crossing_is_named():
    zigzag = polygon(
        (0, 0), (0.03, 0), (0.03, 0.01), (0.02, -0.01), (0.01, 0.01), (0, -0.01)
    )
    places = [f.where for f in check_geometry(zigzag) if f.code == "self_crossing"]
    assert len(places) == 3
    assert all(y == pytest.approx(0) for _x, y in places)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "empty"),
        ("", "empty"),
        (shapely.Polygon(), "empty"),
        ("Vientiane", "unreadable"),
        ({"type": "Polygon", "coordinates": [["a", "b"]]}, "unreadable"),
        ([SQUARE[:2]], "too_few_vertices"),
        ([[[102, 19], [102.01, 19], [102, 19]]], "too_few_vertices"),
        (SQUARE, "unreadable"),
        (shapely.Point(500000, 2100000), "out_of_range"),
        (shapely.Point(19.5, 102.5), "swapped"),
    ],
)
def test_unusable_values(value, code):
    assert code in codes(value)


def test_an_open_ring_is_closed_with_a_warning():
    (fault,) = check_geometry([SQUARE[:-1]])
    assert (fault.code, fault.severity, fault.where) == ("unclosed", "warn", (102, 19))


def test_swapped_coordinates_are_seen_against_the_country():
    azerbaijan = (44.7, 38.3, 50.7, 41.95)
    there = shapely.box(47.1, 39.6, 47.11, 39.61)
    assert codes(there, bounds=azerbaijan) == []
    swapped = shapely.transform(there, lambda p: p[:, ::-1])
    (fault,) = check_geometry(swapped, bounds=azerbaijan)
    assert fault.code == "swapped"
    assert fault.where == pytest.approx((47.105, 39.605))


def test_elsewhere_is_a_warning():
    (fault,) = check_geometry(shapely.Point(47.1, 39.6), bounds=LAOS)
    assert (fault.code, fault.severity) == ("outside_country", "warn")


def test_repeated_corner():
    doubled = polygon((102, 19), (102.01, 19), (102.01, 19), (102, 19.01))
    (fault,) = check_geometry(doubled)
    assert (fault.code, fault.where) == ("duplicate_vertex", (102.01, 19))


def test_repeated_points():
    points = shapely.MultiPoint([(102, 19), (102.1, 19), (102, 19)])
    (fault,) = check_geometry(points)
    assert (fault.code, fault.where) == ("duplicate_point", (102, 19))


def test_no_area():
    flat = polygon((102, 19), (102.01, 19), (102.02, 19))
    assert "zero_area" in codes(flat)


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4])
def test_a_spike_is_found_wherever_the_ring_starts(start):
    ring = [(102, 19), (102.01, 19), (102.03, 19.0002), (102.01, 19.0003), (102, 19.01)]
    ring = ring[start:] + ring[:start]
    faults = check_geometry(polygon(*ring))
    assert [(f.code, f.where) for f in faults] == [("spike", (102.03, 19.0002))]


def test_hole_outside_and_parts_inside_parts():
    shell = shapely.box(102, 19, 102.01, 19.01)
    away = shapely.box(102.02, 19, 102.03, 19.01)
    hole = shapely.Polygon(shell.exterior.coords, [away.exterior.coords])
    assert "hole_outside" in codes(hole)
    nested = shapely.MultiPolygon(
        [shell, shapely.box(102.002, 19.002, 102.004, 19.004)]
    )
    assert "nested_parts" in codes(nested)


def test_touching_outline():
    eight = polygon(
        (0, 0), (0.01, 0.01), (0.02, 0), (0.02, 0.02), (0.01, 0.01), (0, 0.02)
    )
    assert codes(eight) == ["self_touching"]


@settings(max_examples=150, deadline=None)
@given(st.lists(geometries, min_size=1, max_size=6))
def test_many_at_once_agree_with_one_at_a_time(shapes):
    alone = {i: check_geometry(s) for i, s in enumerate(shapes)}
    assert check_many(shapes) == {k: v for k, v in alone.items() if v}


def test_many_find_every_kind_of_fault():
    shapes = [
        shapely.box(102, 19, 102.01, 19.01),
        None,
        polygon((102, 19), (102.01, 19.01), (102.01, 19), (102, 19.01)),
        shapely.Point(19, 102),
        polygon((102, 19), (102.01, 19), (102.01, 19), (102, 19.01)),
        shapely.MultiPoint([(102, 19), (102, 19)]),
    ]
    found = check_many(shapes, bounds=LAOS)
    assert {i: [f.code for f in faults] for i, faults in found.items()} == {
        1: ["empty"],
        2: ["self_crossing"],
        3: ["swapped"],
        4: ["duplicate_vertex"],
        5: ["duplicate_point"],
    }
    assert check_many([]) == {}


def test_one_fault_among_many_shapes_is_found():
    centres = np.random.default_rng(1).uniform((100, 14), (107, 22), (5_000, 2))
    shapes = shapely.buffer(shapely.points(centres), 0.002, quad_segs=3)
    shapes[7] = polygon((102, 19), (102.01, 19.01), (102.01, 19), (102, 19.01))
    assert list(check_many(shapes)) == [7]


def test_of_very_many_crossings_one_is_named():
    points = np.random.default_rng(1).uniform((102, 19), (102.1, 19.1), (2000, 2))
    faults = check_geometry(shapely.Polygon(points))
    assert [f.code for f in faults if f.code == "self_crossing"] == ["self_crossing"]
