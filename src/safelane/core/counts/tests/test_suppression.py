"""Nobody can be found out from a published table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from safelane.core.counts.suppression import (
    exposed_cells,
    hidden_after,
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


SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 3))
STARTS, STEPS = st.integers(0, 24), st.sampled_from((0, 0, 0, 1, 2, 3, 6, 9))


@st.composite
def sequences(draw):
    """Return the counts of three publications, people added from one to the next."""
    rows, columns = draw(SHAPES)
    size = rows * columns
    steps = [
        draw(st.lists(numbers, min_size=size, max_size=size))
        for numbers in (STARTS, STEPS, STEPS)
    ]
    return np.cumsum(np.array(steps).reshape(3, rows, columns), axis=0)


def one_after_another(sequence):
    """Return (table, hidden) of each publication; none where too few people came."""
    earlier, found = [], []
    for counts in sequence:
        if earlier and 0 < (counts - earlier[-1][0]).sum() < MINIMUM:
            continue
        hidden = hidden_after(counts, earlier, MINIMUM)
        earlier.append((counts, hidden))
        found.append((with_totals(counts), hidden))
    return found


class Attacker:
    """Somebody who lays all publications of a table over each other."""

    def __init__(self, publications):
        self.size = publications[0][0].size
        self.bounds, lines = [], []
        for number, (table, hidden) in enumerate(publications):
            cells = zip(table.flat, hidden.flat, strict=True)
            self.bounds += [(0, None) if h else (n, n) for n, h in cells]
            places = np.arange(self.size).reshape(table.shape) + number * self.size
            lines += [*places, *places.T]
        self.sums = np.zeros((len(lines), self.size * len(publications)))
        for row, line in zip(self.sums, lines, strict=True):
            row[line], row[line[-1]] = 1, -1

    def cannot_tell(self, place, minus=None):
        """Say whether a number, or its change, may be one of several."""
        goal = np.zeros(self.sums.shape[1])
        goal[place] += 1
        if minus is not None:
            goal[minus] -= 1
        told = {"A_eq": self.sums, "b_eq": np.zeros(len(self.sums))}
        low = linprog(goal, bounds=self.bounds, **told)
        high = linprog(-goal, bounds=self.bounds, **told)
        return 3 in (low.status, high.status) or -high.fun - low.fun >= 0.999


@settings(max_examples=60, deadline=None)
@given(sequences())
def test_no_sequence_of_publications_tells_of_a_few_people(sequence):
    """Neither how few there were at any time, nor how few came in between."""
    found = one_after_another(sequence)
    attacker = Attacker(found)
    assert all((h.sum(axis=axis) != 1).all() for _t, h in found for axis in (0, 1))
    for number, (table, _hidden) in enumerate(found):
        for cell, count in enumerate(table.flat):
            place = number * attacker.size + cell
            if 0 < count < MINIMUM:
                assert attacker.cannot_tell(place), (found, place)
            for before in range(number):
                if 0 < count - found[before][0].flat[cell] < MINIMUM:
                    other = before * attacker.size + cell
                    assert attacker.cannot_tell(place, minus=other), (found, place)


def test_nothing_changed_shows_what_was_shown():
    counts = np.array([[3, 20, 9], [30, 40, 8]])
    first = hidden_after(counts, [], MINIMUM)
    assert (hidden_after(counts, [(counts, first)], MINIMUM) == first).all()


@pytest.mark.parametrize(("more", "hides"), [(4, True), (5, False)])
def test_a_change_is_shown_from_the_minimum_on(more, hides):
    before = np.array([[20, 30], [40, 50]])
    after = before + np.array([[more, 9], [9, 9]])
    shown = [(before, np.zeros((3, 3), dtype=bool))]
    assert hidden_after(after, shown, MINIMUM)[0, 0] == hides
    assert hidden_after(before, [(after, shown[0][1])], MINIMUM)[0, 0] == hides
