"""What every reader has in common: one job, a header found, records in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
import shapely

from safelane.exchange.files import errors
from safelane.exchange.files.errors import RowFault
from safelane.exchange.files.layers import first_of
from safelane.exchange.files.reading import (
    Batch,
    Column,
    Geometries,
    Kind,
    Limits,
    ReadJob,
    SourceInfo,
)
from safelane.exchange.files.reprojection import is_wgs84, placed_in_world
from safelane.exchange.files.wording import gettext_noop as _

Notes = list[tuple[str, dict[str, Any]]]
_TOP = 20


def is_blank(cells: Sequence[Any]) -> bool:
    """Say whether a row holds nothing."""
    return not any(map(_is_filled, cells))


def _is_filled(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def read_header(
    rows: Sequence[tuple[int, Sequence[Any]]], job: ReadJob, layer: str = ""
) -> tuple[int, list[str], Notes]:
    """Return the row of the header among a sheet's first, its columns, and notes.

    Args:
        rows: Each with its number.

    Raises:
        EmptyFile: No row follows it.
        TooManyColumns: More than the limit.
    """
    index = header_index([cells for _number, cells in rows])
    number, cells = rows[index] if rows else (0, ())
    names, notes = _column_names(cells, job)
    if not names or len(rows) == index + 1:
        raise errors.EmptyFile(layer=layer)
    if number > 1:
        notes.insert(0, ("rows-above", {"count": number - 1}))
    return number, names, notes


def header_index(rows: Sequence[Sequence[Any]]) -> int:
    """Return the index of the header among the first rows.

    Titles above a table fill one or two cells; the header is the first row that fills
    most of the width with text.
    """
    filled = [sum(map(_is_filled, row)) for row in rows[:_TOP]]
    for index, count in enumerate(filled):
        texts = sum(isinstance(c, str) and bool(c.strip()) for c in rows[index])
        if texts and count >= 0.6 * max(filled) and texts >= 0.6 * count:
            return index
    return next((i for i, row in enumerate(rows) if not is_blank(row)), 0)


def _column_names(cells: Sequence[Any], job: ReadJob) -> tuple[list[str], Notes]:
    """Return a unique name per column and notes on those that had to be changed."""
    texts = ["" if c is None else str(c).strip()[:200] for c in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > job.limits.columns:
        raise errors.TooManyColumns(count=len(texts), limit=job.limits.columns)
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


_LOOK = 1000


class Record(NamedTuple):
    """One row before it joins a batch; ``geometry`` is whatever the reader has."""

    row: int
    values: dict[str, Any]
    geometry: Any = None
    faults: tuple[RowFault, ...] = ()
    progress: float = 0.0
    shown: tuple[tuple[int, str, str], ...] = ()


class Reader(Protocol):
    """A file that can be described and then read in batches.

    Until :func:`finish` their geometries are shapely ones, in the file's own system.
    """

    info: SourceInfo
    is_open: bool  # whether later rows may bring columns of their own

    def batches(self, size: int, after: int) -> Iterator[Batch]:
        """Yield the rows numbered above ``after``, ``size`` at a time."""
        ...


Built = tuple[Geometries, list[RowFault]]
Build = Callable[[list[Any], list[int]], Built]


def as_built(raws: list[Any], rows: list[int]) -> Built:
    """Return geometries that are shapely ones already."""
    result = np.empty(len(raws), dtype=object)
    result[:] = raws
    return result, []


class RecordReader:
    """A reader that goes through its file record by record.

    ``build`` makes shapely geometries of what the records hold, where they hold any.
    """

    info: SourceInfo
    is_open = False
    build: Build | None = None

    def records(self) -> Iterator[Record]:
        """Yield the records in the order of the file."""
        raise NotImplementedError

    def describe(self, crs: str) -> SourceInfo:
        """Return what is known of a file in UTF-8 whose records hold geometries.

        Its columns are those that the first records have, in their order; later ones
        may bring more.

        Raises:
            EmptyFile: There is no record.
        """
        self.is_open = True
        types: dict[str, set[type]] = {}
        looked = list(islice(self.records(), _LOOK))
        if not looked:
            raise errors.EmptyFile()
        for record in looked:
            for name, value in record.values.items():
                types.setdefault(name, set()).add(type(value))
        columns = [Column(name, kind_of(found)) for name, found in types.items()]
        return SourceInfo(columns=columns, crs=crs, encoding="utf-8", has_geometry=True)

    def batches(self, size: int, after: int) -> Iterator[Batch]:
        names = [column.name for column in self.info.columns]
        wanted = (record for record in self.records() if record.row > after)
        while held := list(islice(wanted, size)):
            yield _join(held, names, self.build)


def _join(held: list[Record], names: list[str], build: Build | None) -> Batch:
    seen = dict.fromkeys(names)
    for record in held:
        if record.values.keys() - seen.keys():
            seen |= dict.fromkeys(record.values)
    rows = [r.row for r in held]
    raw = Batch(
        rows=rows,
        columns={n: [r.values.get(n) for r in held] for n in seen},
        faults=[f for r in held for f in r.faults],
        shown=[s for r in held for s in r.shown],
        progress=held[-1].progress,
    )
    if build is not None:
        raw.geometry, faults = build([r.geometry for r in held], rows)
        raw.faults += faults
    return raw


def kind_of(found: set[type]) -> Kind:
    """Return the kind of a column by the types of its values."""
    types = found - {type(None)}
    if types == {bool}:
        return "boolean"
    if types == {int}:
        return "integer"
    return "number" if types and types <= {int, float} else "text"


def choose_layer(names: list[str], job: ReadJob) -> str:
    """Return the wanted layer, or the first.

    Raises:
        EmptyFile, NoSuchLayer.
    """
    if not names:
        raise errors.EmptyFile()
    if job.layer and job.layer not in names:
        raise errors.NoSuchLayer(wanted=job.layer, choices=", ".join(names))
    return job.layer or first_of(names)


def finish(batch: Batch, info: SourceInfo, limits: Limits) -> Batch:
    """Bring a batch to WGS 84, with faults for positions that cannot be right.

    Raises:
        UnknownCrs: The file holds geometries but nobody says in which system.
    """
    if batch.geometry is None:
        return batch
    if not info.crs:
        raise errors.UnknownCrs(layer=info.layer, found="-")
    sound = _without_faults(batch, limits)

    def said(i: int) -> str:
        x, y = shapely.get_coordinates(sound[i])[0]
        return f"{x:.10g}, {y:.10g}"

    batch.geometry, faults = placed_in_world(sound, info.crs, batch.rows, said)
    batch.faults += faults
    if not is_wgs84(info.crs):
        batch.originals = shapely.to_wkt(sound, rounding_precision=9).tolist()
    return batch


def _without_faults(batch: Batch, limits: Limits) -> Geometries:
    geometries = np.array(batch.geometry, dtype=object)
    counts = shapely.get_num_coordinates(geometries)
    for i in map(int, np.flatnonzero(counts > limits.vertices)):
        values = {"count": int(counts[i]), "limit": limits.vertices}
        batch.faults.append(RowFault(batch.rows[i], "geometry-large", values=values))
        geometries[i] = None
    points, index = shapely.get_coordinates(geometries, return_index=True)
    for i in sorted(set(index[~np.isfinite(points).all(axis=1)].tolist())):
        batch.faults.append(RowFault(batch.rows[i], "geometry-numbers"))
        geometries[i] = None
    return geometries


class Unreadable(ValueError):
    """Something cannot be read; the text is one of ours, marked to be translated."""


_BROKEN = _("it is damaged or of a kind that is not read")


def broken_geometry(row: int, error: object = None) -> RowFault:
    """Return the fault of a row whose geometry cannot be read.

    What libraries say of it is no sentence for people.
    """
    reason = str(error) if isinstance(error, Unreadable) else _BROKEN
    return RowFault(row, "geometry-broken", values={"reason": reason})


def from_wkb(values: Geometries, rows: list[int]) -> Built:
    """Return shapely geometries; what GEOS cannot read becomes a fault."""
    geometries: Geometries = shapely.from_wkb(values, on_invalid="ignore")
    given = np.array([v is not None for v in values], dtype=bool)
    bad = np.flatnonzero(given & shapely.is_missing(geometries))
    return geometries, [broken_geometry(rows[i]) for i in bad]
