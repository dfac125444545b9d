"""Find the header of a sheet and give every column a name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from safelane.exchange.files.errors import EmptyFile, TooManyColumns
from safelane.exchange.files.job import ReadJob

Notes = list[tuple[str, dict[str, Any]]]
_LOOK = 20


def is_blank(cells: Sequence[Any]) -> bool:
    """Say whether a row holds nothing."""
    return all(c is None or (isinstance(c, str) and not c.strip()) for c in cells)


class Header(NamedTuple):
    """The row of the header, and the name of each column below it."""

    row: int
    names: list[str]
    notes: Notes


def read_header(
    rows: Sequence[tuple[int, Sequence[Any]]], job: ReadJob, layer: str = ""
) -> Header:
    """Find the header among the first rows of a sheet, each with its number.

    Raises:
        EmptyFile: No row follows it.
        TooManyColumns: More than the limit.
    """
    index = _header_index([cells for _number, cells in rows])
    number, cells = rows[index] if rows else (0, ())
    names, notes = _column_names(cells, job)
    if not names or len(rows) == index + 1:
        raise EmptyFile(layer=layer)
    if number > 1:
        notes.insert(0, ("rows-above", {"count": number - 1}))
    return Header(number, names, notes)


def _header_index(rows: Sequence[Sequence[Any]]) -> int:
    """Return the index of the header among the first rows.

    Titles above a table fill one or two cells; the header is the first row that fills
    most of the width with text.
    """
    width = max((_filled(row) for row in rows[:_LOOK]), default=0)
    for index, row in enumerate(rows[:_LOOK]):
        texts = sum(isinstance(c, str) and bool(c.strip()) for c in row)
        if texts and _filled(row) >= 0.6 * width and texts >= 0.6 * _filled(row):
            return index
    return next((i for i, row in enumerate(rows) if not is_blank(row)), 0)


def _filled(row: Sequence[Any]) -> int:
    return sum(c is not None and str(c).strip() != "" for c in row)


def _column_names(cells: Sequence[Any], job: ReadJob) -> tuple[list[str], Notes]:
    """Return a unique name per column and notes on those that had to be changed."""
    texts = ["" if c is None else str(c).strip()[:200] for c in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > job.limits.columns:
        raise TooManyColumns(count=len(texts), limit=job.limits.columns)
    names: dict[str, None] = {}
    notes: Notes = []
    for position, text in enumerate(texts, start=1):
        names[_fresh(text, position, names, notes)] = None
    return list(names), notes


def _fresh(text: str, position: int, taken: dict[str, None], notes: Notes) -> str:
    if text and text not in taken:
        return text
    number = 2 if text else position
    base = text or "column"
    while (new := f"{base} {number}") in taken:
        number += 1
    code = "renamed" if text else "unnamed"
    notes.append((code, {"name": text, "new": new}))
    return new
