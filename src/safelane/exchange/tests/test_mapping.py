"""Columns find their fields; cells become values or faults with words."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely

from safelane.exchange.files.errors import MappingInvalid
from safelane.exchange.files.tables import Batch, Column, SourceInfo
from safelane.exchange.mapping.apply import apply_mapping, parse_degrees, utm_crs
from safelane.exchange.mapping.convert import (
    guess_date_format,
    parse_date,
    parse_number,
)
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import Choice, Mapping, Target, TargetField

KINDS = (
    Choice("sha", ("Suspected hazardous area", "ПОТ")),
    Choice("cha", ("Confirmed hazardous area",)),
)
TARGET = Target(
    "areas",
    "Areas",
    (
        TargetField("reference", "Reference", required=True, synonyms=("hazard_id",)),
        TargetField("kind", "Type", "choice", choices=KINDS, synonyms=("тип",)),
        TargetField("area", "Area", "number", synonyms=("площадь",)),
        TargetField("day", "Date", "date", synonyms=("дата", "tarix")),
    ),
    "optional",
)


def table(**columns: list[object]) -> tuple[SourceInfo, Batch]:
    rows = list(range(2, 2 + len(next(iter(columns.values())))))
    info = SourceInfo("csv", columns=[Column(name) for name in columns])
    return info, Batch(rows, dict(columns))


def test_columns_are_found_by_name_script_and_content():
    info, batch = table(
        Hazard_ID=["A", "B"],
        тип=["ПОТ", "Confirmed Hazardous Area"],
        Площадь=["1 234,5", "2,5"],
        Дата=["31.12.2023", "01.02.2024"],
        Lat=["19.4", "19°24'36\"N"],
        Long=["103.2", "103.3"],
        other=["x", ""],
    )
    mapping = guess_mapping(info, batch, TARGET)
    found = {name: mapped.column for name, mapped in mapping.fields.items()}
    assert found == {
        "reference": "Hazard_ID",
        "kind": "тип",
        "area": "Площадь",
        "day": "Дата",
    }
    mapped = apply_mapping(mapping, TARGET, batch)
    assert not mapped.faults
    assert mapped.values["kind"] == ["sha", "cha"]
    assert mapped.values["area"] == [1234.5, 2.5]
    assert mapped.values["day"] == [dt.date(2023, 12, 31), dt.date(2024, 2, 1)]
    points = shapely.from_wkb(mapped.places.geometry)
    assert [(p.x, round(p.y, 2)) for p in points] == [(103.2, 19.4), (103.3, 19.41)]
    assert mapped.rest == [{"other": "x"}, {}]


def test_a_mapping_survives_being_saved():
    info, batch = table(hazard_id=["A"], тип=["ПОТ"])
    mapping = guess_mapping(info, batch, TARGET)
    assert Mapping.from_json(mapping.as_json()) == mapping
    with pytest.raises(MappingInvalid):
        Mapping.from_json({"target": "areas", "version": 99})
    with pytest.raises(MappingInvalid):
        mapping.check(SourceInfo("csv", columns=[Column("x")]), TARGET)


def test_what_cannot_be_read_is_a_fault_with_words():
    info, batch = table(
        reference=["A", None],
        kind=["sha", "swamp"],
        area=["12", "many"],
        day=["x", "y"],
    )
    mapped = apply_mapping(guess_mapping(info, batch, TARGET), TARGET, batch)
    codes = {(f.row, f.code) for f in mapped.faults}
    assert {(3, "required"), (3, "choice"), (3, "number"), (2, "date")} <= codes
    assert all(f.message for f in mapped.faults)


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("1,234.5", False, 1234.5),
        ("1.234,5", True, 1234.5),
        ("2 500 m²", False, 2500),
        ("1.5 ha", False, 15000),
        ("3,5 га", True, 35000),
    ],
)
def test_numbers(text, comma, value):
    assert parse_number(text, comma) == value


@pytest.mark.parametrize("text", ["", "NaN", "1e999", "12 apples", "1,2,3"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError):
        parse_number(text)


def test_dates_of_the_countries_served():
    assert guess_date_format(["31.12.2023", "01.02.2024"]) == ("%d.%m.%Y", 1.0)
    assert guess_date_format(["12/31/2023"]) == ("%m/%d/%Y", 1.0)
    assert parse_date("31/12/2567", "%d/%m/%Y") == dt.date(2024, 12, 31)
    with pytest.raises(ValueError):
        parse_date("31/12/0024", "%d/%m/%Y")


def test_degrees_and_zones():
    assert parse_degrees("17°58'12\"N") == pytest.approx(17.97)
    assert parse_degrees("S 17 58.2") == pytest.approx(-17.97)
    assert parse_degrees("17,97") == pytest.approx(17.97)
    assert (utm_crs("48N"), utm_crs("48Q"), utm_crs("38S")) == (
        "EPSG:32648",
        "EPSG:32648",
        "EPSG:32738",
    )
    for text in ("99Z", "", None):
        with pytest.raises(ValueError):
            utm_crs(text)


@pytest.mark.parametrize(
    "columns",
    [
        {"zone": ["48N"], "easting": ["231456"], "northing": ["2150000"]},
        {"MGRS": ["48Q TG 30974 50076"]},
        {"wkt": ["POINT (102.438 19.427)"]},
    ],
)
def test_positions_in_columns(columns):
    info, batch = table(reference=["A"], **columns)
    mapped = apply_mapping(guess_mapping(info, batch, TARGET), TARGET, batch)
    point = shapely.from_wkb(mapped.places.geometry[0])
    assert (point.x, point.y) == (
        pytest.approx(102.44, abs=0.02),
        pytest.approx(19.43, abs=0.02),
    )
    assert mapped.places.texts[0]
