"""Rows from all over a file that show what its columns hold.

A column may be empty in the first hundreds of rows, and features of GeoJSON and KML may
bring columns of their own at any time: what only the first rows show is not enough to
say how a file is meant.
"""

from __future__ import annotations

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


def telling_rows(batches: Iterable[Batch], first: int, *, is_open: bool) -> Batch:
    """Return the first rows, and further ones until each column shows what it holds.

    Args:
        first: How many of the first rows.
        is_open: Further columns may come up until the end of the file.

    Reading ends after some seconds: ``progress`` says how far it went.
    """
    picked: list[Batch] = []
    filled: Counter[str] = Counter()
    seen, until = 0, time.monotonic() + SECONDS
    for batch in batches:
        chosen = sorted(_chosen(batch, filled, max(0, first - seen)))
        seen += len(batch)
        if chosen or not picked:
            picked.append(_rows(batch, chosen))
        is_told = seen >= first and all(n >= ENOUGH for n in filled.values())
        if (is_told and not is_open) or time.monotonic() > until:
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
