"""Rows that say their position twice, or in a system of their own."""

from __future__ import annotations

import pytest

from safelane.exchange.files.notes import note_text
from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.mapping.apply import read_places
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.tests.test_what_columns_hold import AREAS

HERE = {"Latitude": ["17.9650"], "Longitude": ["102.6312"]}


def read(columns):
    """Return the notes, places and faults of rows, as the kept mapping reads them."""
    rows = len(next(iter(columns.values())))
    info = SourceInfo(columns=[Column(name) for name in columns])
    batch = Batch(list(range(2, rows + 2)), columns)
    kept = Mapping.from_json(guess_mapping(info, batch, AREAS).as_json())
    places = read_places(kept.geometry, batch, bounds=AREAS.bounds)
    return [note_text(*note) for note in info.notes], places


@pytest.mark.parametrize(
    "again",
    [
        {"Latitude (DMS)": ["19 57 54 N"], "Longitude (DMS)": ["102 37 52 E"]},
        {"Lat Deg": ["19"], "Lat Min": ["58"], "Lon Deg": ["102"], "Lon Min": ["37"]},
        {"MGRS": ["48QTE4912497910"]},
        {"Zone": ["48N"], "Easting": ["259124"], "Northing": ["1987910"]},
    ],
)
def test_two_readings_of_one_position_that_lie_apart_are_a_fault(again):
    told, places = read(HERE | again)
    assert len(told) == 1 and next(iter(again)) in told[0] or "Easting" in told[0]
    (fault,) = places.faults
    assert (fault.code, fault.row) == ("two-places", 2)
    assert "17.9650 102.6312" in fault.message


@pytest.mark.parametrize(
    "again",
    [
        {"Latitude (DMS)": ["17 57 54 N"], "Longitude (DMS)": ["102 37 52 E"]},
        {"Latitude (DMS)": [None], "Longitude (DMS)": [None]},
        {"MGRS": ["48QTE4912487910"]},
    ],
)
def test_two_readings_of_one_position_that_agree_are_not_spoken_of(again):
    told, places = read(HERE | again)
    assert told == places.faults == []


@pytest.mark.parametrize(
    "columns",
    [
        {f"Point {n}": [f"17.96{n}0, 102.6312"] for n in (1, 2, 3)},
        {"geom": ["POINT(102.6 17.9)"], "wkt_old": ["POINT(103.6 18.9)"]},
        HERE | {"Office lat": ["18.9650"], "Office lon": ["102.6312"]},
    ],
)
def test_positions_of_something_else_are_named_and_no_fault(columns):
    told, places = read(columns)
    assert [name for name in [*columns][1:] if name not in " ".join(told)] == []
    assert places.faults == []


@pytest.mark.parametrize(
    "heading",
    ["Datum used", "CoordRefSys", "Projection", "Datum / Ellipsoid", "How measured"],
)
def test_systems_are_those_of_their_rows_whatever_the_heading(heading):
    columns = {name: cells * 2 for name, cells in HERE.items()}
    told, places = read(columns | {heading: ["Indian 1960", "WGS 84"]})
    assert told == []
    assert places.crs == ["EPSG:4131", "EPSG:4326"]


def test_a_column_of_systems_that_nobody_knows_is_named():
    (told,), places = read(HERE | {"Datum used": ["Village datum"]})
    assert "“Datum used” names no coordinate system that is known here" in told
    assert places.faults == []


@pytest.mark.parametrize("said", ["48N", "2019", "A1", "UTM", "UTM 48N", "Phase 2023"])
def test_other_words_are_no_systems(said):
    told, places = read(HERE | {"Sheet": [said]})
    assert (told, places.faults, places.crs) == ([], [], ["EPSG:4326"])


def test_an_srid_that_nobody_knows_is_a_fault_of_its_row():
    texts = ["SRID=999999;POINT(1 2)", "SRID=4326;POINT(102.6 17.9)"]
    _told, places = read({"WKT": texts})
    (fault,) = places.faults
    assert (fault.code, fault.row, fault.column) == ("system", 2, "WKT")
    assert "EPSG:999999" in fault.message
    assert [wkb is None for wkb in places.geometry] == [True, False]


@pytest.mark.parametrize("name", ["Camp location", "Hospital GPS", "Nearest position"])
def test_a_place_of_something_else_in_mgrs_keeps_no_row_out(name):
    told, places = read(HERE | {name: ["48QTE4912497910"]})
    assert places.faults == []
    assert len(told) == 1 and name in told[0]


GRID = {"Easting": ["780000"], "Northing": ["2100000"]}
IN_47 = {"Easting 47N": ["780000"], "Northing 47N": ["2100000"]}


@pytest.mark.parametrize(
    ("columns", "other"),
    [
        (GRID | {"Zone": ["47N"], "EPSG": ["3148"]}, "EPSG:3148"),
        (GRID | {"Zone": ["48M"], "EPSG": ["32648"]}, "EPSG:32648"),
        (GRID | {"Zone": ["34"], "CRS": ["EPSG:3067"]}, "EPSG:3067"),
        (IN_47 | {"Zone": ["48N"]}, "“Easting 47N”"),
        (IN_47 | {"Zone": ["48N"], "EPSG": ["32648"]}, "“Easting 47N”"),
        (IN_47 | {"EPSG": ["24048"]}, "EPSG:24048"),
    ],
)
def test_a_row_of_two_zones_is_a_fault(columns, other):
    """However they are said: in a cell, in the heading, or by a system of any datum."""
    _told, places = read(columns)
    (fault,) = places.faults
    assert places.geometry[0] is None and f"and {other}, which" in fault.message


@pytest.mark.parametrize(
    "columns",
    [
        GRID | {"Zone": ["48Q"], "EPSG": ["3148"]},
        GRID | {"Zone": ["8"], "EPSG": ["28408"]},
        IN_47 | {"Zone": ["47"]},
        IN_47 | {"Zone": ["47Q"]},
        IN_47 | {"Zone": [None], "EPSG": ["24047"]},
    ],
)
def test_zones_that_agree_or_are_of_another_grid_are_no_fault(columns):
    assert read(columns)[1].faults == []


@pytest.mark.parametrize(
    "name",
    [
        *("Location MGRS", "MGRS position", "Position MGRS", "MGRS Coordinate"),
        *("Site location MGRS", "Coordinates (MGRS)", "Military grid position"),
        *("Grid reference", "MGRS reference", "GPS MGRS (WGS84)", "Координаты MGRS"),
    ],
)
def test_a_grid_of_the_same_place_is_compared_whatever_it_is_called(name):
    _told, places = read(HERE | {name: ["48QTE4912497910"]})
    assert [fault.code for fault in places.faults] == ["two-places"]
    told, places = read(HERE | {name: ["48QTE4912487910"]})
    assert told == places.faults == []


def test_the_grid_of_something_else_is_compared_with_its_own_degrees():
    for name in ("Camp location", "Camp MGRS", "Reference point MGRS", "HQ grid"):
        told, places = read(HERE | {name: ["48QTE4912497910"]})
        assert places.faults == [] and name in told[0]
    camp = {"Camp latitude": ["17.9650"], "Camp longitude": ["102.6312"]}
    _told, places = read(camp | {"Camp MGRS": ["48QTE4912497910"]})
    assert [fault.code for fault in places.faults] == ["two-places"]
    _told, places = read(HERE | {"MGRS": [None], "MGRS location": ["48QTE4912497910"]})
    assert [fault.code for fault in places.faults] == ["two-places"]
