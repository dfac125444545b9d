"""Polygons and surveyed points, as geocheck would look at them."""

from datetime import date

import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from safelane.countries import load_pack
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import PointFacts, ReportFacts

TODAY = date(2026, 11, 23)
BOW_TIE = Polygon([(103, 19), (103.001, 19.001), (103.001, 19), (103, 19.001)])


def findings(**facts):
    asked = ReportFacts(today=TODAY, date_of_information=TODAY, **facts)
    return {f.rule: f for f in evaluate(asked, load_pack("laos"), TODAY)}


def test_crossing_polygon_names_the_place():
    finding = findings(geometry=BOW_TIE)["polygon-valid"]
    assert finding.where == pytest.approx((103.0005, 19.0005))
    assert "Self-intersection" in finding.message


def test_line_is_no_area():
    found = findings(geometry=LineString([(103, 19), (103.001, 19.001)]))
    assert "LineString" in found["polygon-valid"].message


def test_flat_polygon_is_refused():
    flat = Polygon([(103, 19), (103.001, 19), (103.002, 19)])
    assert "polygon-valid" in findings(geometry=flat)


def test_corner_that_stands_twice_is_shown():
    twice = Polygon([(103, 19), (103.001, 19), (103.001, 19), (103.001, 19.001)])
    assert findings(geometry=twice)["duplicate-vertices"].values == {"count": 1}


def test_far_corner_is_shown_with_its_place():
    spike = Polygon([(103, 19), (103.001, 19), (103.1, 19.001)])
    finding = findings(geometry=spike)["vertex-distance"]
    assert finding.severity == "warn"
    assert finding.values["count"] == 2
    assert finding.values["longest"] == pytest.approx(10_500, rel=0.01)


def test_swapped_coordinates_are_refused():
    swapped = shapely.box(19.4, 89.2, 19.5, 89.3)
    finding = findings(geometry=swapped)["inside-country"]
    assert finding.severity == "block"
    assert "swapped" in finding.message


def surveyed(*positions, kind="turning_point"):
    return tuple(
        PointFacts(order=n, kind=kind, geometry=Point(*position))
        for n, position in enumerate(positions, start=1)
    )


def test_intermediate_points_are_wanted_beyond_fifty_metres():
    near = surveyed((103, 19), (103.0004, 19), (103.0008, 19))  # 42 m apart
    assert findings(points=near) == {}
    far = surveyed((103, 19), (103.0004, 19), (103.001, 19))  # the second gap is 63 m
    finding = findings(points=far)["intermediate-points"]
    assert finding.values == {"count": 1, "limit": 50, "longest": 63, "order": 2}


def test_landmark_is_no_side_of_the_area():
    landmark = surveyed((103.01, 19), kind="landmark")
    assert findings(points=landmark + surveyed((103, 19))) == {}


@pytest.mark.parametrize(
    ("closure", "perimeter", "fine"),
    [(2.0, 50, True), (2.1, 50, False), (9.9, 1000, True), (10.1, 1000, False)],
)
def test_traverse_closes(closure, perimeter, fine):
    found = findings(closure_m=closure, perimeter_m=perimeter)
    assert ("traverse-closure" not in found) is fine


@pytest.mark.parametrize(("size", "fine"), [(10, True), (9, False), (6e7, False)])
def test_size_is_plausible(size, fine):
    assert ("area-size" not in findings(area_m2=size)) is fine
