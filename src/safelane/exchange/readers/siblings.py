"""Layers that are one table, read one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from safelane.exchange.files.errors import EmptyFile
from safelane.exchange.files.layers import siblings
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.readers.records import Reader


class OneTable:
    """Readers of several layers, one after the other, as one table.

    Rows are numbered on. The columns and the reference system are those of the first.
    """

    is_open = False

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        first, *others = [reader.info for reader in readers]
        self._starts = np.cumsum([0, *(i.row_count or 0 for i in (first, *others))])
        known = {column.name for column in first.columns}
        more = {c.name: c for info in others for c in info.columns}
        added = [column for name, column in more.items() if name not in known]
        joined = {info.layer for info in others}
        said = {"names": ", ".join(sorted(joined))}
        self.info: SourceInfo = replace(
            first,
            row_count=int(self._starts[-1]),
            columns=[*first.columns, *added],
            layers=[name for name in first.layers if name not in joined],
            notes=[*first.notes, ("joined", said)],
        )

    def batches(self, size: int, after: int) -> Iterator[Batch]:
        for start, reader in zip(self._starts, self._readers, strict=False):
            begin = int(start)
            for batch in reader.batches(size, max(0, after - begin)):
                yield self._numbered(batch, begin)

    def _numbered(self, batch: Batch, start: int) -> Batch:
        batch.rows = [row + start for row in batch.rows]
        batch.faults = [f._replace(row=f.row + start) for f in batch.faults]
        if batch.geometry is None and self.info.has_geometry:
            batch.geometry = np.full(len(batch), None, dtype=object)
        batch.progress = batch.rows[-1] / max(1, int(self._starts[-1]))
        return batch


def joined(
    layer: str, names: Sequence[str], open_one: Callable[[str], Reader]
) -> Reader:
    """Return the reader of a layer and of those that are the same table.

    Those of another reference system, or of other columns, are left apart: such a
    layer holds something else, for instance the corners of the areas in the first.
    """
    first = open_one(layer)
    readers, named = [first], {column.name for column in first.info.columns}
    for name in siblings(layer, names):
        try:
            other = open_one(name)
        except EmptyFile:
            continue
        if {c.name for c in other.info.columns} != named:
            continue
        if not other.info.has_geometry or other.info.crs == first.info.crs:
            readers.append(other)
    return readers[0] if len(readers) == 1 else OneTable(readers)
