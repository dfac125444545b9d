"""A column that says the unit of each number, or is only called so."""

from __future__ import annotations

import pytest

from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.mapping.apply import apply_mapping
from safelane.exchange.mapping.column_notes import notes_on_columns
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import Target, TargetField

AREA = TargetField("area", "Area", "number", unit="m2")
TARGET = Target("areas", "Areas", (AREA,), "none")


def read(columns):
    """Return the areas, the codes of faults, and those of notes."""
    rows = len(next(iter(columns.values())))
    info = SourceInfo(columns=[Column(name) for name in columns])
    batch = Batch(list(range(2, rows + 2)), columns)
    mapping = guess_mapping(info, batch, TARGET)
    found = apply_mapping(mapping, TARGET, batch)
    codes = [fault.code for fault in found.faults]
    notes = [code for code, _said in notes_on_columns(mapping, TARGET, batch)]
    return found.values["area"], codes, notes


@pytest.mark.parametrize("name", ["Unit", "Area unit"])
def test_each_number_is_in_the_unit_beside_it(name):
    columns = {"Area": ["5", 5000.0, None], name: ["ha", "m2", "ha"]}
    assert read(columns) == ([50_000, 5000, None], [], ["unit-beside"])


@pytest.mark.parametrize("teams", [["3", "2024"], ["Team A", "Team B"]])
@pytest.mark.parametrize("cell", ["5000", 5000.0])
def test_the_number_of_a_team_is_no_part_of_an_area(teams, cell):
    columns = {"Area (m2)": [cell, cell], "Unit": teams}
    assert read(columns) == ([5000, 5000], [], ["unit-unknown"])


def test_a_unit_that_is_none_is_a_fault_and_joins_no_number():
    columns = {"Area": ["5", "7"], "Unit": ["ha", "3"]}
    area, faults, notes = read(columns)
    assert (area, faults, notes) == ([50_000, None], ["number"], ["unit-beside"])
    columns = {"Area": ["5", "7"], "Area unit": ["3", "4"]}
    assert read(columns)[:2] == ([None, None], ["number", "number"])


@pytest.mark.parametrize("name", ["Ölçü vahidi", "Ед. изм.", "m2/ha", "Size unit"])
def test_what_holds_units_says_the_unit_however_it_is_called(name):
    columns = {"Area": ["1500", "2.5", "3"], name: ["m2", "ha", None]}
    assert read(columns) == ([1500, 25_000, 3], [], ["unit-beside"])
    columns = {"Area": ["5", "7", "9"], name: ["ha", "ha", "or so"]}
    assert read(columns)[:2] == ([50_000, 70_000, None], ["number"])


def test_what_stands_right_of_an_area_need_not_be_a_unit():
    columns = {"Area": ["5", "7"], "Sex": ["m", "f"], "Kind": ["ha", "ha"]}
    assert read(columns) == ([5, 7], [], [])


def test_the_first_column_stands_right_of_none():
    columns = {"Unit": ["ha", "ha"], "Name": ["a", "b"], "Area": ["5", "7"]}
    assert read(columns) == ([5, 7], [], [])


@pytest.mark.parametrize("name", ["Operator", "Type", "Measure", "Province"])
def test_what_is_not_called_a_unit_is_none_and_is_named(name):
    columns = {"Area": ["5000", "7000"], name: ["HA", "MAG"]}
    assert read(columns) == ([5000, 7000], [], ["unit-left"])
    columns = {"Area (m2)": ["5000", "7000"], name: ["HA", "HA"]}
    assert read(columns) == ([5000, 7000], [], [])


@pytest.mark.parametrize("name", ["Unit", "Area unit", "m2/ha"])
def test_a_heading_that_says_its_unit_takes_no_column_beside_it(name):
    columns = {"Area (m2)": ["5000", "7000"], name: ["ha", "ha"]}
    area, faults, notes = read(columns)
    assert (area, faults) == ([5000, 7000], [])
    assert notes == ([] if name == "m2/ha" else ["unit-left"])
    columns = {"Area (ha)": ["5", "7"], name: ["ha", "hectares"]}
    assert read(columns) == ([50_000, 70_000], [], [])


@pytest.mark.parametrize(("given", "notes"), [(2, ["unit-beside"]), (1, [])])
def test_half_of_the_cells_are_units_or_it_is_none(given, notes):
    units = ["ha"] * given + ["km"] * (4 - given)
    assert read({"Area": ["5"] * 4, "Size unit": units})[2] == notes
