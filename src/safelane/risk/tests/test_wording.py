import pytest
from django.utils import translation

from safelane.engines.surveyprior.reasons import SENTENCES
from safelane.engines.surveyprior.statement import STATEMENT
from safelane.risk.wording import (
    change_text,
    context_text,
    reasons_text,
    shown_number,
    statement,
)

NUMBERS = dict.fromkeys(
    ("value", "place", "count", "people", "line_km", "place_km", "river_km", "road_km"),
    1234.5,
)


def test_there_is_one_statement():
    with translation.override("en"):
        assert statement() == STATEMENT
    for words in (
        "never evidence",
        "low score never means clear",
        "not a safety ranking",
    ):
        assert words in STATEMENT


@pytest.mark.parametrize("key", SENTENCES)
def test_every_reason_can_be_said(key):
    text = reasons_text([{"key": key, "values": NUMBERS}])
    assert text and "%(" not in text


def test_numbers_are_written_as_the_reader_writes_them():
    assert shown_number(9754) == "9,754" and shown_number(0.041) == "0.04"
    with translation.override("az"):
        assert shown_number(1234.0) == "1.234" and shown_number(3.25) == "3,2"


def test_a_unit_is_found_from_its_nearest_place():
    near = {"place": "Muang Phin", "km": 6.2, "compass": "NE"}
    assert context_text("Savannakhet", near) == (
        "6.2 km north-east of Muang Phin, Savannakhet"
    )
    assert context_text("Savannakhet", None) == "Savannakhet"


@pytest.mark.parametrize(
    "change, text",
    [
        ("bandwidth:2500", "distance kernel of 2.5 km only"),
        ("line_error:500", "position error of 0.5 km only"),
        ("half_life:15", "a line's weight halves in 15 years"),
        ("weight:people:dropped", "People exposed: no weight"),
        ("weights:any", "any weights at all"),
    ],
)
def test_changes_are_said_in_words(change, text):
    assert change_text(change, "records") == text
