"""Nobody can be found out from a published table."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from safelane.core.counts.suppression import (
    exposed_cells,
    hidden_cells,
    with_totals,
)

MINIMUM = 5
TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 12), min_size=columns, max_size=columns),
        min_size=1,
        max_size=4,
    )
)


def published(rows):
    table = with_totals(np.array(rows, dtype=np.int64))
    return table, hidden_cells(table, MINIMUM)


def test_large_numbers_are_shown():
    _table, hidden = published([[10, 20], [30, 40]])
    assert not hidden.any()


def test_the_minimum_itself_is_shown():
    _table, hidden = published([[MINIMUM, 20], [30, MINIMUM]])
    assert not hidden.any()


def test_zero_is_no_person():
    _table, hidden = published([[0, 20], [30, 0]])
    assert not hidden.any()


def test_small_cell_takes_others_with_it():
    table, hidden = published([[3, 20, 9], [30, 40, 8]])
    assert hidden[0, 0]
    for line, mask in [*zip(table, hidden, strict=True)]:
        assert mask.sum() != 1, line
    assert (hidden.sum(axis=0) != 1).all()


def test_small_total_is_hidden():
    _table, hidden = published([[1, 2]])
    assert hidden[0, :2].all() and hidden[0, -1]


@given(TABLES)
def test_small_numbers_are_always_hidden(rows):
    table, hidden = published(rows)
    assert hidden[(table > 0) & (table < MINIMUM)].all()


@given(TABLES)
def test_no_line_has_a_single_hidden_cell(rows):
    _table, hidden = published(rows)
    assert (hidden.sum(axis=0) != 1).all()
    assert (hidden.sum(axis=1) != 1).all()


@given(TABLES)
def test_what_a_line_leaves_out_is_nobody_or_many(rows):
    """The total less the open cells is the number of the hidden people together."""
    table, hidden = published(rows)
    lines = [*zip(table, hidden, strict=True), *zip(table.T, hidden.T, strict=True)]
    for line, mask in lines:
        if mask.any() and not mask[-1]:
            assert line[:-1][mask[:-1]].sum() >= MINIMUM, (table, hidden)


def test_numbers_that_all_sums_together_give_away_are_hidden_too():
    rows = [[0, 0, 4], [6, 4, 2], [5, 1, 9], [20, 0, 9], [0, 20, 0], [1, 5, 6]]
    table, hidden = published(rows)
    assert list(exposed_cells(table, hidden, (table > 0) & (table < MINIMUM))) == []
    assert not hidden.all()


def equations(table, hidden):
    """Return A, b of what a reader knows: every line sums to its total."""
    places = {tuple(p): n for n, p in enumerate(np.argwhere(hidden))}
    rows, sums = [], []
    for axis in (0, 1):
        for line in range(table.shape[axis]):
            weights, known = np.zeros(len(places)), 0
            length = table.shape[1 - axis]
            for i in range(length):
                place = (line, i) if axis == 0 else (i, line)
                sign = -1 if i == length - 1 else 1
                if place in places:
                    weights[places[place]] += sign
                else:
                    known += sign * int(table[place])
            rows.append(weights)
            sums.append(-known)
    return np.array(rows), np.array(sums), places


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_no_hidden_number_can_be_worked_out(rows):
    """Solve the attacker's linear programme: every small cell keeps a range."""
    table, hidden = published(rows)
    if not hidden.any():
        return
    matrix, sums, places = equations(table, hidden)
    for place, n in places.items():
        if not 0 < table[place] < MINIMUM:
            continue
        goal = np.zeros(len(places))
        goal[n] = 1
        low = linprog(goal, A_eq=matrix, b_eq=sums).fun
        high = linprog(-goal, A_eq=matrix, b_eq=sums)
        assert high.status == 3 or -high.fun - low >= 1, (table, hidden, place)
