"""Small numbers in published tables: hidden so that nobody can be found out. Pure.

A cell counting fewer people than the minimum is hidden. Since totals are shown, one
hidden cell in a line could be worked out from the others; so further cells, the
smallest first, are hidden until every hidden cell stands in a line with another and no
line's hidden part is itself smaller than the minimum (complementary suppression, as in
Hundepool et al., Statistical Disclosure Control, 2012, chapter 4). Totals are cells of
the table like all others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def with_totals(counts: Counts) -> Counts:
    """Return a (rows, columns) table with a last row and a last column of sums."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def hidden_cells(table: Counts, minimum: int) -> Mask:
    """Return which cells of a table with totals are hidden; same shape.

    Args:
        table: (rows + 1, columns + 1) counts of people, last row and column are sums.
        minimum: Smaller counts than this, except zero, are hidden.
    """
    hidden: Mask = (table > 0) & (table < minimum)
    while True:
        weak = next(_weak_lines(table, hidden, minimum), None)
        if weak is None:
            return hidden
        hidden[weak] = True


def _weak_lines(table: Counts, hidden: Mask, minimum: int) -> Iterator[tuple[int, int]]:
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
