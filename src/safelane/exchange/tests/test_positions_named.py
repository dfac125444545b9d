"""What only looks like a position, or may be that of something else, is named."""

from __future__ import annotations

import pytest

from safelane.exchange.files.notes import note_text
from safelane.exchange.files.reading import Batch, Column, SourceInfo
from safelane.exchange.mapping.position_columns import guess_geometry
from safelane.exchange.tests.test_what_columns_hold import AREAS, POINT, places


def notes(columns):
    """Return what is said of the position: codes and sentences."""
    rows = len(next(iter(columns.values())))
    info = SourceInfo(columns=[Column(name) for name in columns])
    guess_geometry(info, Batch(list(range(2, rows + 2)), columns), AREAS)
    return [(code, note_text(code, said)) for code, said in info.notes]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"up": ["17.9650"], "along": ["102.6312"]}, "no-place"),
        ({"up": ["1987910"], "along": ["249124"]}, "no-place"),
        ({"where it is": ["17.9650; 102.6312"]}, "no-place"),
        ({"drawn": ["POINT (102.6312 17.965)"]}, "no-place"),
        ({"office lat": ["17.9650"], "office lon": ["102.6312"]}, "place-of-what"),
        ({"Hospital coordinates": ["17.9650; 102.6312"]}, "place-of-what"),
        (
            {"Lat (Indian 1899)": ["17.9650"], "Lon (Indian 1899)": ["102.6312"]},
            "heading-system",
        ),
    ],
)
def test_a_position_that_the_names_do_not_say_is_named(columns, code):
    ((found, said),) = notes(columns)
    assert found == code and next(iter(columns)) in said
    assert (places(columns)[0] == "none") is (code == "no-place")


@pytest.mark.parametrize(
    "columns",
    [
        {"Cost": ["150000"], "Depth": ["12"]},
        {"Share": ["17.965"], "Rate": ["0.125"]},
        {"GPS": ["17.9650 102.6312"]},
        {"_GPS_latitude": ["17.9650"], "_GPS_longitude": ["102.6312"]},
    ],
)
def test_of_other_numbers_and_plain_names_nothing_is_said(columns):
    assert notes(columns) == []


def test_columns_that_say_only_position_come_before_those_that_say_more():
    office = {"office lat": ["17.1"], "office lon": ["102.1"]}
    columns = office | {"lat": ["17.9650"], "lon": ["102.6312"]}
    _kind, (found,), _read = places(columns)
    assert (found.x, found.y) == POINT
    assert [code for code, _said in notes(columns)] == ["several-places"]
