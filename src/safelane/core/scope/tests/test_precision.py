"""What a coarse reader is shown."""

import operator

import numpy as np
import pytest
import shapely
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.geo.cells import cell_bounds
from safelane.core.scope import Precision
from safelane.core.scope.precision import (
    blurred,
    blurred_many,
    rounded_area,
    shown_number,
)

FIELD = shapely.box(103.2001, 19.4001, 103.2011, 19.4008)


def test_exact_shows_the_polygon_a_cell_hides_it_and_a_district_shows_nothing():
    assert blurred(FIELD, Precision.EXACT) is FIELD
    cell = blurred(FIELD, Precision.CELL)
    assert cell is not None
    assert cell.bounds == pytest.approx(cell_bounds(*FIELD.centroid.coords[0]))
    assert blurred(FIELD, Precision.DISTRICT) is None
    assert blurred(None, Precision.CELL) is None


def test_many_are_blurred_like_one():
    rows = np.array([FIELD, FIELD, FIELD, None], dtype=object)
    levels = np.array([0, 1, 2, 1])
    shown = blurred_many(rows, levels)
    assert shown[0] is FIELD
    assert shown[1].equals(blurred(FIELD, Precision.CELL))
    assert shown[2] is None
    assert shown[3] is None


@pytest.mark.parametrize(
    ("area", "level", "expected"),
    [
        (12345.6, Precision.EXACT, 12345.6),
        (12345.6, Precision.CELL, 12000),
        (987, Precision.DISTRICT, 990),
        (0.5, Precision.CELL, 0.5),
        (None, Precision.CELL, None),
        (500, Precision.NONE, None),
    ],
)
def test_areas_are_rounded_to_two_digits(area, level, expected):
    assert rounded_area(area, level) == expected


NUMBERS = (0.0, 0.5, 9.94, 9.95, 9.96, 94.9, 95, 984.9, 985, 987, 994.9, 995, 12345.6)
SIGNS = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def holds(condition, number, level):
    """Evaluate a condition over one row, as a database does."""
    if isinstance(condition, Q):
        join = any if condition.connector == Q.OR else all
        said = join(holds(part, number, level) for part in condition.children)
        return said is not condition.negated
    name, value = condition
    if name == "precision":
        return level == value
    if name == "precision__in":
        return level in value
    path, _sep, lookup = name.partition("__")
    assert path == "area_m2"
    return SIGNS[lookup](number, value)


@given(
    st.one_of(st.sampled_from(NUMBERS), st.floats(0, 1e9)),
    st.one_of(
        st.sampled_from(NUMBERS), st.floats(-1, 1e9), st.sampled_from((980, 990))
    ),
    st.sampled_from(sorted(SIGNS)),
    st.sampled_from((Precision.EXACT, Precision.CELL, Precision.DISTRICT)),
)
def test_numbers_are_compared_as_they_are_shown(number, asked, lookup, level):
    told = holds(shown_number("area_m2", lookup, asked), number, level)
    assert told == SIGNS[lookup](rounded_area(number, level), asked)


def test_a_hidden_number_is_never_found():
    assert not holds(shown_number("area_m2", "gte", 0), 987, Precision.NONE)
    assert not holds(shown_number("area_m2", "lt", 1e9), 987, Precision.NONE)
