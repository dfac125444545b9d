"""Rows counted by two features, small numbers hidden, in keys and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from safelane.core.counts.suppression import (
    Counts,
    Mask,
    hidden_after,
    hidden_cells,
    with_totals,
)

Cells = tuple[tuple[int | None, ...], ...]
Rows = tuple[tuple[int, ...], ...]
Pair = tuple[str, str]  # names of the features of rows and columns
Total = tuple[str, str]  # name of a feature and a key of it; two empty ones: everybody


class Pack(Protocol):
    """What counts ask of a country's pack."""

    def code_list(self, name: str) -> Any: ...

    def label(self, name: str, code: str) -> str: ...


def plain_key(value: Any) -> str:
    """Return a value as the key of its row or column; nothing is the empty key."""
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Feature:
    """One way to divide what is counted.

    Args:
        path: Lookup path from a row to the value.
        list_name: Code list of its keys; without one, keys stand in their own order.
        key: Makes the key of a value.
        words: Names of keys that stand in no code list; else the key itself.
    """

    name: str
    title: str | Promise
    path: str
    list_name: str = ""
    key: Callable[[Any], str] = plain_key
    words: Callable[[Iterable[str]], Mapping[str, str]] | None = None

    def ordered(self, keys: Iterable[str], pack: Pack) -> tuple[str, ...]:
        """Return keys in the order of the code list, what it lacks last."""
        listed = pack.code_list(self.list_name).codes if self.list_name else ()
        place = {code.code: number for number, code in enumerate(listed)}
        return tuple(sorted(keys, key=lambda k: (place.get(k, len(place)), k)))

    def labels(self, keys: Sequence[str], pack: Pack) -> tuple[str, ...]:
        """Return what the keys are called."""
        named: Mapping[str, str] = {key: key for key in keys}
        if self.list_name:
            named = {key: pack.label(self.list_name, key) for key in keys}
        elif self.words is not None:
            named = self.words(key for key in keys if key)
        return tuple(named.get(key) or _("not stated") for key in keys)


@dataclass(frozen=True, slots=True)
class Counted:
    """A table before it has words, as it may be kept as JSON.

    Args:
        cells: Rows with their total last; the last row holds the totals; None stands
            where a small number is hidden.
        minimum: The smallest number that is shown.
        counts: What was counted, without totals: for the next publication only, never
            shown. Empty where it was not kept.
    """

    row_keys: tuple[str, ...]
    column_keys: tuple[str, ...]
    cells: Cells
    minimum: int
    counts: Rows = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Counted:
        """Return a table that was kept as JSON."""
        rows, columns = tuple(kept["row_keys"]), tuple(kept["column_keys"])
        cells = tuple(tuple(line) for line in kept["cells"])
        counts = tuple(tuple(line) for line in kept.get("counts", ()))
        return cls(rows, columns, cells, kept["minimum"], counts)

    def hiding(self, totals: Set[Total], row: str, column: str) -> Counted:
        """Return the table without some totals, and without what would tell them.

        Args:
            row, column: Names of the two features.
        """
        wide = with_totals(_as_table(self.counts, self.row_keys, self.column_keys))
        hidden = np.zeros(wide.shape, dtype=bool)
        hidden[:] = [[cell is None for cell in line] for line in self.cells]
        for total, place in self._totals(row, column).items():
            hidden[place] |= total in totals
        cells = _told(wide, hidden_cells(wide, self.minimum, also=hidden))
        return replace(self, cells=cells)

    def hidden_totals(self, row: str, column: str) -> set[Total]:
        """Return the totals that are hidden, named as other tables name them."""
        found = self._totals(row, column).items()
        return {total for total, (i, j) in found if self.cells[i][j] is None}

    def _totals(self, row: str, column: str) -> dict[Total, tuple[int, int]]:
        """Return where each total stands; all tables share that of everybody."""
        down = {(row, key): (i, -1) for i, key in enumerate(self.row_keys)}
        across = {(column, key): (-1, j) for j, key in enumerate(self.column_keys)}
        return {("", ""): (-1, -1)} | down | across

    def placed(
        self, rows: Sequence[str], columns: Sequence[str], now: Counts
    ) -> tuple[Counts, Mask]:
        """Return the counts in the places of a wider table, and which were hidden.

        Args:
            now: Counts of that table, (rows, columns): they stand for what was not
                kept here.

        Returns:
            The counts, (rows, columns); the hidden cells with those of totals,
            (rows + 1, columns + 1).
        """
        down = [*(rows.index(key) for key in self.row_keys), len(rows)]
        across = [*(columns.index(key) for key in self.column_keys), len(columns)]
        counts = np.zeros_like(now)
        hidden = np.zeros((len(rows) + 1, len(columns) + 1), dtype=bool)
        hidden[np.ix_(down, across)] = [
            [c is None for c in line] for line in self.cells
        ]
        for row, column in np.ndindex(len(down) - 1, len(across) - 1):
            place, told = (down[row], across[column]), self.cells[row][column]
            known = self.counts[row][column] if self.counts else told
            counts[place] = now[place] if known is None else known
        return counts, hidden


@dataclass(frozen=True, slots=True)
class CrossTable:
    """A table in words.

    Args:
        cells, minimum: As in :class:`Counted`.
        published_on: Fixed date on which it was published; None for a count of now.
        cut_off: Last day of what is in it.
    """

    row: Feature
    column: Feature
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cells: Cells
    minimum: int
    published_on: date | None = None
    cut_off: date | None = None

    @property
    def lines(self) -> list[tuple[str, tuple[int | None, ...]]]:
        """Return (label, cells) per row, the totals last."""
        return list(zip((*self.row_labels, _("Total")), self.cells, strict=True))


def counted(
    rows: QuerySet[Any],
    row: Feature,
    column: Feature,
    pack: Pack,
    minimum: int,
    earlier: Sequence[Counted] = (),
) -> Counted:
    """Count rows by two features; smaller numbers than ``minimum`` are hidden.

    Args:
        earlier: What was published before: what differs by fewer than ``minimum``
            people from any of it is hidden too.
    """
    found = _count(rows, row, column)
    before = [line for table in earlier for line in table.row_keys]
    across = [key for table in earlier for key in table.column_keys]
    row_keys = row.ordered({*before, *(key for key, _other in found)}, pack)
    column_keys = column.ordered({*across, *(key for _other, key in found)}, pack)
    lines = [[found.get((r, c), 0) for c in column_keys] for r in row_keys]
    counts = _as_table(lines, row_keys, column_keys)
    shown = [table.placed(row_keys, column_keys, counts) for table in earlier]
    table, hidden = with_totals(counts), hidden_after(counts, shown, minimum)
    kept = tuple(tuple(int(n) for n in line) for line in counts)
    return Counted(row_keys, column_keys, _told(table, hidden), minimum, kept)


def _as_table(
    lines: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str]
) -> Counts:
    """Return counts as (rows, columns), also where there are none."""
    return np.array(lines, dtype=np.int64).reshape(len(rows), len(columns))


def _told(table: Counts, hidden: Mask) -> Cells:
    """Return the cells of a table with totals; None where one is hidden."""
    return tuple(
        tuple(None if h else int(n) for n, h in zip(line, mask, strict=True))
        for line, mask in zip(table, hidden, strict=True)
    )


def agreed(tables: Mapping[Pair, Counted]) -> dict[Pair, Counted]:
    """Return tables of the same people, where a total that one hides none shows.

    They share totals: laid over each other, one would tell what another hides, and so
    the small number behind it.

    Args:
        tables: Names of the two features -> what was counted by them.
    """
    found = dict(tables)
    while True:
        hidden = {t for pair, one in found.items() for t in one.hidden_totals(*pair)}
        wider = {pair: one.hiding(hidden, *pair) for pair, one in found.items()}
        if wider == found:
            return found
        found = wider


def people_moved(now: Counted, before: Counted) -> int:
    """Return how many people more and less were counted in all cells together.

    Args:
        now: Counted with ``before`` among the earlier ones.
    """
    counts = _as_table(now.counts, now.row_keys, now.column_keys)
    changes = counts - before.placed(now.row_keys, now.column_keys, counts)[0]
    return int(np.abs(changes).sum())


def in_words(found: Counted, row: Feature, column: Feature, pack: Pack) -> CrossTable:
    """Return a table with the names of its rows and columns."""
    return CrossTable(
        row=row,
        column=column,
        row_labels=row.labels(found.row_keys, pack),
        column_labels=column.labels(found.column_keys, pack),
        cells=found.cells,
        minimum=found.minimum,
    )


def _count(
    rows: QuerySet[Any], row: Feature, column: Feature
) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    found = rows.order_by().values_list(row.path, column.path).annotate(n=Count("pk"))
    for first, second, number in found:
        key = (row.key(first), column.key(second))
        counts[key] = counts.get(key, 0) + number
    return counts
