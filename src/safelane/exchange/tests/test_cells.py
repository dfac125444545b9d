"""What single cells say: nothing, letters that look alike, days, several codes."""

from __future__ import annotations

import datetime as dt

import pytest

from safelane.exchange.files.reading import Batch
from safelane.exchange.mapping.apply import apply_mapping
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.dates import of_two_kinds, parse_date
from safelane.exchange.mapping.model import (
    Choice,
    FieldMapping,
    GeometryMapping,
    Mapping,
    TargetField,
)
from safelane.exchange.tests.test_mapping import KINDS, TARGET


@pytest.mark.parametrize("cell", ["-", "N/A", "NA", "None", "<NA>", "NaT", "—", "б/н"])
def test_what_people_write_for_nothing_is_no_reference(cell):
    field = TARGET.fields[0]
    (value,), (fault,) = convert_column([cell], [2], field, FieldMapping("Reference"))
    assert value is None and fault.code == "required"


@pytest.mark.parametrize(
    "cell",
    [
        "Б/Н",
        "б.н.",
        "нет",
        "N.A.",
        "NIL",
        "unknown",
        "TBD",
        "No ID",
        "---",
        "?",
        "(blank)",
    ]
    + ["\\N", "ບໍ່ມີ", "ไม่มี", "yox", "không", 0, "0"],
)
def test_what_stands_for_no_reference_is_none(cell):
    field = TARGET.fields[0]
    (value,), (fault,) = convert_column([cell], [2], field, FieldMapping("Reference"))
    assert value is None and fault.code == "required"


@pytest.mark.parametrize("cell", ["0-1", "N-1", "X", "NA-1", "Yox-3"])
def test_a_short_reference_is_one(cell):
    field = TARGET.fields[0]
    (value,), faults = convert_column([cell], [2], field, FieldMapping("Reference"))
    assert (value, faults) == (cell, [])


def test_none_is_a_word_where_a_list_has_it():
    lists = (Choice("none", ("No marking",)), Choice("tape", ("Tape",)))
    field = TargetField("marking", "Marking", "choice", choices=lists)
    said = convert_column(["None", "-"], [2, 3], field, FieldMapping("Marking"))
    assert said == (["none", None], [])


@pytest.mark.parametrize(
    "texts",
    [
        ("\u015eu\u015fa-1", "S\u0327us\u0327a-1"),
        ("LA 1", "LA\u00a01"),
        ("ບ້ານ\u0e99\u0ec9\u0eb3", "ບ້ານ\u0e99\u0ecd\u0ec9\u0eb2"),
        ("\u0e99\u0eb3", "\u0e99\u0ecd\u0eb2"),
        ("\u0e19\u0e49\u0e33", "\u0e19\u0e49\u0e4d\u0e32"),
    ],
)
def test_what_looks_the_same_is_one_reference(texts):
    field, column = TARGET.fields[0], FieldMapping("Reference")
    values, _faults = convert_column(list(texts), [2, 3], field, column)
    assert values[0] == values[1]


@pytest.mark.parametrize(
    "text",
    [
        "2023-03-04 - 2023-03-10",
        "2010-05-06 reopened 2019-01-01",
        "2023-03-04 10",
        "170925120000",
    ],
)
def test_what_stands_behind_a_day_is_not_dropped(text):
    with pytest.raises(ValueError, match=text[:4]):
        parse_date(text, "")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("04.03.2023 10:00 - 10.03.2023", "%d.%m.%Y"),
        ("04/03/2023 10:00 and 11:00", "%d/%m/%Y"),
    ],
)
def test_a_time_ends_the_cell(text, form):
    with pytest.raises(ValueError, match="unconverted|does not match"):
        parse_date(text, form)


@pytest.mark.parametrize(
    "text",
    [
        "202303041530",
        "20230304153000",
        "1677888000000",
        "2023-03-04T10:00:00.000+07:00",
        "2023-03-04 10:00",
        "2023-03-04T10:00:00Z",
        "2023-03-04 10:00:00 UTC",
        "2023-03-04 10:00 AM",
        "2023-03-04T10:00:00.123456+0700[Asia/Vientiane]",
    ],
)
def test_a_day_with_its_time_is_that_day(text):
    assert parse_date(text, "") == dt.date(2023, 3, 4)


def test_several_codes_with_spaces_between_as_phones_write_them():
    field = TargetField("kinds", "Kinds", "choices", choices=KINDS)
    read, faults = convert_column(
        ["sha cha", "sha;cha", "sha xx"], [2, 3, 4], field, FieldMapping("Kinds")
    )
    assert read == [["sha", "cha"], ["sha", "cha"], None]
    assert [fault.row for fault in faults] == [4]


def test_dates_of_two_kinds_in_a_workbook_are_told():
    texts = ["2023-03-04", "25/04/2023"]
    assert of_two_kinds(texts, "%d/%m/%Y") == {"typed": texts[1], "value": texts[0]}
    assert of_two_kinds(["2023-03-14", texts[1]], "%d/%m/%Y") == {}
    assert of_two_kinds(texts[1:], "%d/%m/%Y") == {}
    for typed, form in (("04/25/2023", "%m/%d/%Y"), ("25-04-2023", "%d-%m-%Y")):
        assert of_two_kinds([texts[0], typed], form)["typed"] == typed
    assert of_two_kinds([texts[0], "25 Apr 2023"], "%d %b %Y") == {}


def test_a_curve_among_texts_is_the_fault_of_its_row():
    texts = [
        "POINT (103 19)",
        "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))",
    ]
    batch = Batch([2, 3], {"wkt": texts})
    place = GeometryMapping("wkt", {"wkt": "wkt"})
    mapped = apply_mapping(Mapping("areas", geometry=place), TARGET, batch)
    assert [(f.row, f.code) for f in mapped.faults] == [(3, "coordinate")]
    assert mapped.places.geometry[0] is not None


def test_a_shape_of_a_phone_may_end_with_a_new_line():
    points = ["19 103 0 0", "19 104 0 0", "20 104 0 0", "19 103 0 0"]
    batch = Batch([2], {"shape": ["; ".join(points) + ";\n"]})
    place = GeometryMapping("wkt", {"wkt": "shape"})
    mapped = apply_mapping(Mapping("areas", geometry=place), TARGET, batch)
    assert not mapped.faults and mapped.places.geometry[0] is not None
