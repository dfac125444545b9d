"""Small numbers in published tables: hidden so that nobody can be found out. Pure.

A cell counting fewer people than the minimum is hidden. Since totals are shown, one
hidden cell in a line could be worked out from the others; so further cells, the
smallest first, are hidden until every hidden cell stands in a line with another and no
line's hidden part is itself smaller than the minimum (complementary suppression, as in
Hundepool et al., Statistical Disclosure Control, 2012, chapter 4). Totals are cells of
the table like all others. Last, a linear programme per hidden number looks whether all
sums together give it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import scipy

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Place = tuple[int, int]
UNBOUNDED = 3  # linprog's status for a number without a greatest value


def with_totals(counts: Counts) -> Counts:
    """Return a (rows, columns) table with a last row and a last column of sums."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def hidden_cells(table: Counts, minimum: int, also: Mask | None = None) -> Mask:
    """Return which cells of a table with totals are hidden; same shape.

    Args:
        table: (rows + 1, columns + 1) counts of people, last row and column are sums.
        minimum: Smaller counts than this, except zero, are hidden.
        also: Further cells to hide, same shape.
    """
    small: Mask = (table > 0) & (table < minimum)
    hidden = small.copy() if also is None else small | also
    while True:
        weak = next(_weak_lines(table, hidden, minimum), None)
        weak = weak or _next_for_exposed(table, hidden, small)
        if weak is None:
            return hidden
        hidden[weak] = True


def hidden_after(
    counts: Counts, earlier: Sequence[tuple[Counts, Mask]], minimum: int
) -> Mask:
    """Return which cells of a table with totals are hidden after others were shown.

    Two publications tell as much as the table of their differences, so that table is
    hidden as one of its own, as if the reader knew all of the earlier one; who came and
    who went are looked at apart. What was hidden stays so until it has changed by the
    minimum, else it would tell what it had hidden.

    Args:
        counts: (rows, columns) of people, without totals.
        earlier: For each earlier publication what was counted, same shape, and what was
            hidden, (rows + 1, columns + 1).

    Returns:
        (rows + 1, columns + 1).
    """
    table = with_totals(counts)
    hidden = np.zeros(table.shape, dtype=bool)
    for before, was_hidden in earlier:
        for part in (counts - before, before - counts):
            hidden |= hidden_cells(with_totals(part.clip(min=0)), minimum)
        hidden |= was_hidden & (abs(table - with_totals(before)) < minimum)
    return hidden_cells(table, minimum, also=hidden)


def _next_for_exposed(table: Counts, hidden: Mask, small: Mask) -> Place | None:
    """Return a further cell to hide when all sums together tell a small number."""
    exposed = next(exposed_cells(table, hidden, small), None)
    if exposed is None or hidden.all():
        return None
    row, column = exposed
    beside = np.zeros_like(hidden)
    beside[row, :] = beside[:, column] = True
    places = np.argwhere(~hidden & beside)
    if not len(places):
        places = np.argwhere(~hidden)
    last = np.array(table.shape) - 1
    order = [
        (table[r, c] == 0, bool((np.array((r, c)) == last).any()), table[r, c], r, c)
        for r, c in places
    ]
    return int(min(order)[3]), int(min(order)[4])


def exposed_cells(table: Counts, hidden: Mask, small: Mask) -> Iterator[Place]:
    """Yield small cells whose number all published sums together give away.

    The reader knows the open cells, that rows and columns add up, and that nobody
    counts below zero: a cell is safe while the least and the greatest number that fit
    differ by one person or more (a linear programme each).
    """
    sums, known, index = _equations(table, hidden)
    for place, number in index.items():
        if not small[place]:
            continue
        goal = np.zeros(len(index))
        goal[number] = 1.0
        least = scipy.optimize.linprog(goal, A_eq=sums, b_eq=known)
        greatest = scipy.optimize.linprog(-goal, A_eq=sums, b_eq=known)
        if greatest.status != UNBOUNDED and -greatest.fun - least.fun < 1:
            yield place


def _equations(table: Counts, hidden: Mask) -> tuple[Floats, Floats, dict[Place, int]]:
    """Return A, b and the number of each hidden cell, so that A x = b holds.

    Each row and column says: its cells, less its total, make nothing.
    """
    signs = np.ones(table.shape)
    index = {(int(r), int(c)): n for n, (r, c) in enumerate(np.argwhere(hidden))}
    lines: list[Floats] = []
    known: list[float] = []
    for axis in (0, 1):
        sign = signs.copy()
        sign[(slice(None), -1) if axis == 0 else (-1, slice(None))] = -1
        for line in range(table.shape[axis]):
            mask = np.zeros(table.shape, dtype=bool)
            mask[(line, slice(None)) if axis == 0 else (slice(None), line)] = True
            weights = np.zeros(len(index))
            for place, number in index.items():
                weights[number] = sign[place] * mask[place]
            lines.append(weights)
            known.append(-float((table * sign)[mask & ~hidden].sum()))
    return np.array(lines), np.array(known), index


def _weak_lines(table: Counts, hidden: Mask, minimum: int) -> Iterator[Place]:
    """Yield the next cell to hide for each line that gives a hidden cell away."""
    for row in range(table.shape[0]):
        if (column := _next_in_line(table[row], hidden[row], minimum)) is not None:
            yield row, column
    for column in range(table.shape[1]):
        line, mask = table[:, column], hidden[:, column]
        if (row_found := _next_in_line(line, mask, minimum)) is not None:
            yield row_found, column


def _next_in_line(line: Counts, hidden: Mask, minimum: int) -> int | None:
    """Return the smallest open cell when the hidden ones could be worked out.

    The last cell is the sum of the others. With the sum open, the hidden cells' own
    sum is known; with the sum hidden, it is the sum of open cells plus something.
    """
    if not hidden.any():
        return None
    alone = hidden.sum() == 1
    small = not hidden[-1] and line[:-1][hidden[:-1]].sum() < minimum
    if not (alone or small):
        return None
    open_cells = np.flatnonzero(~hidden)
    if not len(open_cells):
        return None
    # Cells that count somebody hide more than empty ones; then the smallest; a total
    # is worth more to the reader than a cell.
    order = [(line[i] == 0, i == len(line) - 1, line[i], i) for i in open_cells]
    return int(min(order)[3])
