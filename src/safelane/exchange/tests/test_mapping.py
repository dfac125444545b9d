"""Columns find their fields; cells become values or faults with words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import shapely

from safelane.core.geo.entry.coordinates import parse_point
from safelane.core.geo.entry.sexagesimal import read_angle
from safelane.core.geo.errors import InvalidCoordinates
from safelane.exchange.files.errors import MappingInvalid
from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.mapping.apply import apply_mapping
from safelane.exchange.mapping.convert import (
    convert_column,
)
from safelane.exchange.mapping.dates import guess_date_format, parse_date
from safelane.exchange.mapping.guess import guess_mapping
from safelane.exchange.mapping.model import (
    Choice,
    FieldMapping,
    GeometryMapping,
    Mapping,
    Target,
    TargetField,
)
from safelane.exchange.mapping.numbers import decimal_commas, parse_number

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
        TargetField("area", "Area", "number", synonyms=("площадь",), unit="m2"),
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
    assert parse_number(text, comma, "m2") == value


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


def test_degrees():
    assert read_angle("17°58'12\"N", "lat") == pytest.approx(17.97)
    assert read_angle("S 17 58.2", "lat") == pytest.approx(-17.97)
    assert read_angle("17,97", "lat") == pytest.approx(17.97)
    assert read_angle("1.0297e2", "lon") == pytest.approx(102.97)


@pytest.mark.parametrize(
    "text",
    [
        "16.30.00",  # degrees, minutes, seconds between points: not 16.3
        "1055.123",  # a digit too many: not 105°5.123'
        "10551",
        "17.97 102.6",
        "102.6 N",
        "",
    ],
)
def test_what_is_no_longitude(text):
    with pytest.raises(InvalidCoordinates):
        read_angle(text, "lon")


AZERBAIJAN = (44.7, 38.3, 50.7, 42.0)


@pytest.mark.parametrize(
    ("zone", "east", "north", "bounds"),
    [
        ("48N", "231456", "2150000", None),
        ("48Q", "231456", "2150000", None),
        ("38S", "500000", "4400000", AZERBAIJAN),
        ("38S", "500000", "4400000", None),
        ("48N", "345,678", "2,150,000", None),
        ("38S", "500000", "8400000", AZERBAIJAN),
        ("99Z", "500000", "4400000", None),
        ("48N", "31456", "2150000", None),
    ],
)
def test_a_file_reads_utm_as_the_form_does(zone, east, north, bounds):
    target = replace(TARGET, bounds=bounds)
    info, batch = table(reference=["A"], zone=[zone], easting=[east], northing=[north])
    mapped = apply_mapping(guess_mapping(info, batch, target), target, batch)
    typed = f"{zone} {east} {north}".replace(",", "")
    try:
        point = parse_point(typed, bounds=bounds)
    except InvalidCoordinates:
        assert [f.code for f in mapped.faults] == ["coordinates"]
        assert mapped.places.geometry[0] is None
        return
    assert not mapped.faults
    found = shapely.from_wkb(mapped.places.geometry[0])
    assert (found.x, found.y) == pytest.approx((point.lon, point.lat))
    assert mapped.places.crs == [point.crs]


@pytest.mark.parametrize("cell", ["48Q TG 30974 50076", "48QTG3050", "48QTG315008"])
def test_a_file_reads_mgrs_as_the_form_does(cell):
    info, batch = table(reference=["A"], mgrs=[cell])
    mapping = replace(
        guess_mapping(info, batch, TARGET),
        geometry=GeometryMapping("mgrs", {"mgrs": "mgrs"}),
    )
    found = shapely.from_wkb(apply_mapping(mapping, TARGET, batch).places.geometry[0])
    point = parse_point(cell)
    assert (found.x, found.y) == pytest.approx((point.lon, point.lat))


@pytest.mark.parametrize(
    "word",
    ["Uncleared", "Not cleared", "Unreleased", "Inactive", "un-closed", "clear"]
    + ["Closed ⁇", "Closed‽", "≠ Closed", "¬Closed", "~Closed", "Closed…"],
)
def test_a_word_is_not_taken_for_its_opposite(word):
    names = {"released": ("Released", "Cleared", "Closed"), "open": ("Active", "Open")}
    choices = tuple(Choice(code, said) for code, said in names.items())
    field = TargetField("status", "Status", "choice", choices=choices)
    target = Target("areas", "Areas", (field,), "none")
    info, batch = table(status=["Active", "Closed", word])
    mapped = apply_mapping(guess_mapping(info, batch, target), target, batch)
    assert [(f.row, f.code) for f in mapped.faults] == [(4, "choice")]


@pytest.mark.parametrize(
    ("word", "is_slip"),
    [
        ("Relesed", True),  # one left out
        ("Releaased", True),  # one too many
        ("Relaesed", True),  # two that changed places
        ("Raleased", True),
        ("Releasad", True),
        ("Peleased", False),  # the first letter
        ("Eleased", False),
        ("Erleased", False),
        ("Raleasad", False),  # two letters
        ("Oben", False),  # too short to be sure
        ("Land relaesed", True),  # in one word of several
        ("Lend released", False),
        ("Lend relaesed", False),
    ],
)
def test_one_wrong_letter_that_is_not_the_first_is_a_slip(word, is_slip):
    names = {"released": ("Released", "Land released"), "open": ("Open",)}
    choices = tuple(Choice(code, said) for code, said in names.items())
    field = TargetField("status", "Status", "choice", choices=choices)
    target = Target("areas", "Areas", (field,), "none")
    info, batch = table(status=["Open", "Released", word])
    guessed = guess_mapping(info, batch, target).fields["status"].values
    assert guessed == ({word: "released"} if is_slip else {})


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("depth_cm", "20", 20),
        ("depth_cm", "1 m", 100),
        ("depth_cm", "0.29 m", 29),
        ("depth (m)", "2", 200),
        ("depth (m)", 2, 200),
        ("depth (m)", "30 cm", 30),
        ("depth_cm", "3 ha", None),
        ("depth_cm", "2.000", None),
    ],
)
def test_a_number_comes_in_the_unit_of_its_field(column, cell, value):
    field = TargetField("depth_cm", "Depth", "integer", synonyms=("depth",), unit="cm")
    mapped = FieldMapping(column)
    read, faults = convert_column([cell], [2], field, mapped)
    assert read == [value]
    assert bool(faults) == (value is None)


@pytest.mark.parametrize(("kind", "below"), [("integer", "1"), ("number", "1.9")])
def test_the_least_number_is_taken_and_what_is_below_it_is_not(kind, below):
    field = TargetField("depth", "Depth", kind, minimum=2)
    read, faults = convert_column(["2", below], [2, 3], field, FieldMapping("depth"))
    assert read == [2, None]
    assert [(f.row, f.code) for f in faults] == [(3, "number")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1899-12-31", None),
        ("1900-01-01", dt.date(1900, 1, 1)),
        ("2100-12-31", dt.date(2100, 12, 31)),
        ("2101-01-01", None),
        ("2442-12-31", None),
        ("2443-01-01", dt.date(1900, 1, 1)),
        ("2643-12-31", dt.date(2100, 12, 31)),
        ("2644-01-01", None),
    ],
)
def test_years_of_two_centuries_are_meant_in_both_calendars(text, read):
    field = TargetField("day", "Day", "date")
    found, faults = convert_column([text], [2], field, FieldMapping("day"))
    assert found == [read]
    assert [f.code for f in faults] == ([] if read else ["date"])


@pytest.mark.parametrize(
    ("texts", "is_comma"),
    [
        (["12", "7"], False),
        (["1,5", "1.5"], False),
        (["1,5", "7"], True),
        (["1,500"], False),
        (["1.500,25"], True),
        (["1.234.567", "345.678"], True),
    ],
)
def test_a_comma_is_decimal_where_more_numbers_say_so(texts, is_comma):
    assert (decimal_commas(texts) > 0) is is_comma


@pytest.mark.parametrize(
    ("field", "longest", "beyond", "code"),
    [
        (TargetField("n", "N", "integer"), "2147483647", "2147483648", "integer"),
        (TargetField("n", "N", "text", max_length=5), "Mines", "Mined!", "long"),
    ],
)
def test_what_a_field_holds_is_taken_and_more_is_not(field, longest, beyond, code):
    read, faults = convert_column([longest, beyond], [2, 3], field, FieldMapping("n"))
    assert (str(read[0]), read[1]) == (longest, None)
    assert [(f.row, f.code) for f in faults] == [(3, code)]


def test_points_that_may_part_thousands_are_told():
    field = TargetField("area", "Area", "number", unit="m2")
    cells = ["1.500", "12.250"]
    read, faults = convert_column(cells, [2, 3], field, FieldMapping("area"))
    assert read == [1.5, 12.25]
    assert [(f.code, f.level) for f in faults] == [("grouped", "warning")] * 2
    comma = FieldMapping("area", decimal_comma=True)
    assert convert_column(cells, [2, 3], field, comma) == ([1500, 12250], [])
    others = ["1.500", "12.25"]
    assert convert_column(others, [2, 3], field, FieldMapping("area"))[1] == []


def test_dates_that_could_be_misread():
    assert guess_date_format(["3/5/2024 12:00:00 AM"])[0] == "%m/%d/%Y"
    assert guess_date_format(["3/5/2024 12:00:00"])[0] == "%d/%m/%Y"
    with pytest.raises(ValueError):
        parse_date("202411", "%Y%m%d")
    field = TargetField("day", "Day", "date")
    mapped = FieldMapping("day", date_format="%Y")
    read, faults = convert_column(["2024", "2024-02-03"], [2, 3], field, mapped)
    assert read == [dt.date(2024, 1, 1), dt.date(2024, 2, 3)]
    assert [(f.row, f.code, f.level) for f in faults] == [(2, "year", "warning")]


@pytest.mark.parametrize("cell", ["NaN", "nan", "<Null>", " NULL "])
def test_what_programs_write_for_nothing_is_nothing(cell):
    field = TargetField("name", "Name")
    assert convert_column([cell, "Nan"], [2, 3], field, FieldMapping("name")) == (
        [None, "Nan"],
        [],
    )


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


def test_an_srid_before_the_text_names_the_system_of_its_row():
    """PostGIS writes EWKT; coordinates of Indian 1960 lie 200 m off in Laos."""
    info, batch = table(
        reference=["A", "B", "C"],
        wkt=[
            "POINT (102.438 19.427)",
            "SRID=32648;POINT (230974 2150076)",
            "srid=4326; POINT (102.438 19.427)",
        ],
    )
    mapped = apply_mapping(guess_mapping(info, batch, TARGET), TARGET, batch)
    points = shapely.from_wkb(mapped.places.geometry)
    assert not mapped.faults
    assert [round(p.x, 2) for p in points] == [102.44] * 3
    assert [round(p.y, 2) for p in points] == [19.43] * 3
