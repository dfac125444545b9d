"""Rows from all over a file that show what its columns hold.

A column may be empty in the first hundreds of rows, and features of GeoJSON and KML may
bring columns of their own at any time: what only the first rows show is not enough to
say how a file is meant. Nor are days up to the twelfth: all cells are looked at for
what settles the order of day and month, and whether decimals have a comma.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from safelane.exchange.files.reading import Batch, Geometries

ENOUGH = 20  # filled cells of a column
SECONDS = 20.0
_PLACE = ""  # the position counts as a column; no column has this name
# What may be such a date or number: no day as in ISO 8601. Then what settles how it and
# the others are written, by the signs that it has.
_OPEN = re.compile(r"\s*[-+]?\d(?!\d{3}-)")
_SIGNS = {"day": "/-", "month": "/-", "comma": ",", "point": "."}
_LATE = r"(1[3-9]|2\d|3[01])"
_SETTLES = re.compile(
    rf"\s*(?:(?P<day>{_LATE}[-/]\d\d?[-/]\d)|(?P<month>\d\d?[-/]{_LATE}[-/]\d)"
    r"|(?P<comma>[-+]?(0|[\d .\u00a0\u202f]+(?=,(?!\d{3}(\D|$)))),\d)"
    r"|(?P<point>[-+]?(0|[\d,]+(?=\.(?!\d{3}(\D|$))))\.\d))"
)


def telling_rows(batches: Iterable[Batch], first: int, *, is_open: bool) -> Batch:
    """Return the first rows, and further ones until each column shows what it holds.

    Args:
        first: How many of the first rows.
        is_open: Further columns may come up until the end of the file.

    Reading ends after some seconds: ``progress`` says how far it went.
    """
    picked: list[Batch] = []
    filled: Counter[str] = Counter()
    settled: Counter[tuple[str, str]] = Counter()
    doubtful: set[str] = set()
    seen, until = 0, time.monotonic() + SECONDS
    for batch in batches:
        wanted = _chosen(batch, filled, max(0, first - seen))
        doubtful |= _doubtful(batch, wanted)
        chosen = sorted(wanted | _settling(batch, doubtful, settled))
        seen += len(batch)
        if chosen or not picked:
            picked.append(_rows(batch, chosen))
        is_told = seen >= first and all(n >= ENOUGH for n in filled.values())
        if (is_told and not doubtful and not is_open) or time.monotonic() > until:
            return _joined(picked, batch.progress)
    return _joined(picked, 1.0)


def _chosen(batch: Batch, filled: Counter[str], first: int) -> set[int]:
    """Return the indices of rows that are wanted, and count what they fill."""
    chosen = set(range(min(first, len(batch))))
    for name, cells in _columns(batch):
        filled[name] += sum(_is_given(cells[i]) for i in chosen)
        if filled[name] < ENOUGH:
            more = (i for i, c in enumerate(cells) if i not in chosen and _is_given(c))
            for i in list(islice(more, ENOUGH - filled[name])):
                chosen.add(i)
                filled[name] += 1
    return chosen


def _doubtful(batch: Batch, chosen: set[int]) -> set[str]:
    """Return the columns with texts in the chosen rows that may be dates or numbers."""
    texts = {
        name: [cell for i in chosen if isinstance(cell := cells[i], str)]
        for name, cells in batch.columns.items()
    }
    return {name for name, cells in texts.items() if any(map(_OPEN.match, cells))}


def _settling(
    batch: Batch, doubtful: set[str], settled: Counter[tuple[str, str]]
) -> set[int]:
    """Return the first rows that settle how dates and numbers of a column are read."""
    chosen = set()
    for name in doubtful & batch.columns.keys():
        wanted = [kind for kind in _SIGNS if settled[name, kind] < ENOUGH]
        signs = frozenset("".join(_SIGNS[kind] for kind in wanted))
        for i, cell in enumerate(batch.columns[name]):
            if not isinstance(cell, str) or signs.isdisjoint(cell):
                continue
            found = _SETTLES.match(cell)
            if found and settled[name, kind := str(found.lastgroup)] < ENOUGH:
                chosen.add(i)
                settled[name, kind] += 1
    return chosen


def _columns(batch: Batch) -> Iterator[tuple[str, Any]]:
    if batch.geometry is not None:
        yield _PLACE, batch.geometry
    yield from batch.columns.items()


def _is_given(cell: Any) -> bool:
    return cell is not None and cell != ""


def _rows(batch: Batch, chosen: list[int]) -> Batch:
    rows = [batch.rows[i] for i in chosen]
    kept, originals = set(rows), batch.originals
    return replace(
        batch,
        rows=rows,
        columns={n: [cells[i] for i in chosen] for n, cells in batch.columns.items()},
        geometry=None if batch.geometry is None else batch.geometry[chosen],
        originals=None if originals is None else [originals[i] for i in chosen],
        faults=[fault for fault in batch.faults if fault.row in kept],
    )


def _joined(parts: list[Batch], progress: float) -> Batch:
    if not parts:
        return Batch([], {})
    names = dict.fromkeys(name for part in parts for name in part.columns)
    return Batch(
        rows=[row for part in parts for row in part.rows],
        columns={
            name: [
                cell
                for part in parts
                for cell in part.columns.get(name, [None] * len(part))
            ]
            for name in names
        },
        geometry=_geometries(parts),
        faults=[fault for part in parts for fault in part.faults],
        progress=progress,
    )


def _geometries(parts: list[Batch]) -> Geometries | None:
    if all(part.geometry is None for part in parts):
        return None
    given = [
        np.full(len(part), None, dtype=object)
        if part.geometry is None
        else part.geometry
        for part in parts
    ]
    return np.concatenate(given)
