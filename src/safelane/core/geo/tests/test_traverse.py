from datetime import date
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings

from safelane.core.geo.entry.traverse import (
    BENCHMARK,
    END,
    EVIDENCE,
    INTERMEDIATE,
    LANDMARK,
    START,
    TURNING,
    TraversePoint,
    declination_at,
    traverse_polygon,
)
from safelane.core.geo.errors import InvalidTraverse
from safelane.core.geo.measure import GEOD, area_m2
from safelane.core.geo.tests.strategies import polygons

DAY = date(2026, 3, 1)
BRIDGE = TraversePoint(LANDMARK, "Bridge", lon=103.2, lat=19.46)


def leg(kind, label, bearing, metres, *, origin="", magnetic=False):
    return TraversePoint(
        kind,
        label,
        bearing=bearing,
        distance_m=metres,
        from_label=origin,
        magnetic=magnetic,
    )


def square(side=40.0, closing=40.0):
    return [
        BRIDGE,
        leg(BENCHMARK, "BM", 90, 25),
        leg(START, "SP", 90, 10),
        leg(TURNING, "TP1", 0, side),
        leg(TURNING, "TP2", 90, side),
        leg(END, "EP", 180, side),
        leg(START, "SP", 270, closing),
    ]


def bearing_to(point):
    """The true bearing under which a point lies from the bridge."""
    return GEOD.inv(BRIDGE.lon, BRIDGE.lat, point.lon, point.lat)[0]


def codes(result):
    return [fault.code for fault in result.warnings]


def test_a_square_closes_and_has_its_area():
    result = traverse_polygon(square())
    assert area_m2(result.polygon) == pytest.approx(1600, rel=1e-4)
    assert result.closure_m < 0.001
    assert result.length_m == pytest.approx(160)
    assert result.warnings == ()
    assert [p.label for p in result.points][:3] == ["Bridge", "BM", "SP"]
    start = result.points[2]
    assert GEOD.inv(103.2, 19.46, start.lon, start.lat)[2] == pytest.approx(35)


def test_closure_error_in_metres_and_as_a_ratio():
    result = traverse_polygon(square(closing=36))
    assert result.closure_m == pytest.approx(4, abs=0.01)
    assert result.closure_ratio == pytest.approx(156 / 4, rel=0.01)


def test_without_a_closing_leg_nothing_is_claimed():
    result = traverse_polygon(square()[:-1])
    assert (result.closure_m, result.closure_ratio) == (None, None)
    assert result.polygon is not None


def test_intermediate_points_are_not_corners():
    rows = square(side=40)
    rows.insert(4, leg(INTERMEDIATE, "IP1", 90, 20))
    rows[5] = leg(TURNING, "TP2", 90, 20)
    result = traverse_polygon(rows)
    assert len(result.polygon.exterior.coords) == 5
    assert result.closure_m < 0.001


def test_magnetic_bearings_use_the_declination_of_the_day():
    rows = [BRIDGE, leg(START, "SP", 90, 100, magnetic=True)]
    start = traverse_polygon(rows, on=DAY).points[1]
    expected = declination_at(103.2, 19.46, DAY)
    assert start.declination == expected
    assert expected.model == "WMM-2025"
    assert bearing_to(start) == pytest.approx(90 + expected.degrees)


def test_evidence_is_measured_from_a_named_point_and_does_not_lead_on():
    rows = square()
    rows.insert(4, leg(EVIDENCE, "E1", 45, 5, origin="BM"))
    result = traverse_polygon(rows)
    assert result.closure_m < 0.001
    assert [p.kind for p in result.points].count(EVIDENCE) == 1


def test_a_fixed_point_that_disagrees_with_its_leg_is_shown():
    rows = square()
    rows[3] = TraversePoint(
        TURNING, "TP1", lon=103.201, lat=19.46, bearing=0, distance_m=40, magnetic=False
    )
    result = traverse_polygon(rows)
    assert "position_misfit" in codes(result)
    assert result.points[3].lon == 103.201


def test_a_crossing_outline_is_reported_with_its_place():
    rows = square()
    rows[4], rows[5] = leg(TURNING, "TP2", 135, 56), leg(END, "EP", 0, 40)
    faults = [f for f in traverse_polygon(rows[:-1]).warnings if f.severity == "block"]
    assert [f.code for f in faults] == ["self_crossing"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "at least one"),
        ([leg(START, "SP", 90, 10)], "Row 1.*position"),
        ([BRIDGE, TraversePoint(START, "SP")], "Row 2.*bearing"),
        ([BRIDGE, leg(START, "SP", 400, 10)], "Row 2.*360"),
        ([BRIDGE, leg(START, "SP", 40, 0)], "Row 2.*above 0"),
        ([BRIDGE, leg(START, "SP", 40, 10, origin="X")], "Row 2.*X"),
        ([BRIDGE, leg(START, "SP", 40, 10, magnetic=True)], "Row 2.*day"),
        ([BRIDGE, leg("corner", "SP", 40, 10)], "corner"),
        ([TraversePoint(LANDMARK, "B", lon=200, lat=0)], "Row 1.*longitude"),
    ],
)
def test_unusable_rows_are_named(rows, says):
    with pytest.raises(InvalidTraverse, match=says):
        traverse_polygon(rows)


@settings(max_examples=80, deadline=None)
@given(polygons.filter(lambda g: g.geom_type == "Polygon"))
def test_the_table_of_an_outline_leads_back_to_it(polygon):
    corners = shapely.get_coordinates(polygon.exterior)
    rows = [TraversePoint(START, "1", lon=corners[0][0], lat=corners[0][1])]
    for n, (one, other) in enumerate(pairwise(corners), start=2):
        true, _back, metres = GEOD.inv(*one, *other)
        magnetic = (true - declination_at(*one, DAY).degrees) % 360
        last = n == len(corners)
        kind, label = (START, "1") if last else (TURNING, str(n))
        rows.append(TraversePoint(kind, label, bearing=magnetic, distance_m=metres))
    result = traverse_polygon(rows, on=DAY)
    assert shapely.hausdorff_distance(result.polygon, polygon) < 1e-7
    assert result.closure_m < 0.01


# NOAA's published test values for WMM 2025 (0 km): lon, lat, decimal year, D.
@pytest.mark.parametrize(
    ("lon", "lat", "on", "degrees"),
    [
        (0, 80, date(2025, 1, 1), 1.28),
        (120, 0, date(2025, 1, 1), -0.16),
        (240, -80, date(2025, 1, 1), 68.78),
    ],
)
def test_declination_matches_the_published_values(lon, lat, on, degrees):
    lon = lon - 360 if lon > 180 else lon
    assert declination_at(lon, lat, on).degrees == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize("on", [date(1998, 5, 1), date(2031, 1, 1)])
def test_a_day_outside_the_models_is_said(on):
    found = declination_at(103.2, 19.46, on)
    assert str(on.year) in found.warning
    rows = [BRIDGE, leg(START, "SP", 90, 100, magnetic=True)]
    assert "declination" in codes(traverse_polygon(rows, on=on))


@pytest.mark.parametrize(
    ("year", "model"),
    [(2011, "WMM-2010"), (2017, "WMM-2015v2"), (2024, "WMM-2020"), (2029, "WMM-2025")],
)
def test_each_day_has_its_model(year, model):
    found = declination_at(47.2, 39.6, date(year, 6, 1))
    assert (found.model, found.warning) == (model, "")
    assert 5 < found.degrees < 8
