"""Read the cells of a spreadsheet: stored results only, no formula is evaluated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from safelane.exchange.files.archive import open_archive
from safelane.exchange.files.errors import BrokenFile, EmptyFile, NoSuchLayer
from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.limits import Limits
from safelane.exchange.files.tables import Column, Kind, SourceInfo
from safelane.exchange.readers.headers import column_names, find_header, is_blank
from safelane.exchange.readers.mergedcells import read_marks
from safelane.exchange.readers.records import RawRows, Record, gather

_LOOK = 500
Row = tuple[int, list[Any]]


class XlsxReader:
    """One sheet of a workbook; positions come from columns."""

    def __init__(self, job: ReadJob) -> None:
        self._job = job
        with open_archive(job.path, job.limits):
            pass
        self._book = _open_book(job)
        self._sheet = self._choose_sheet()
        self._marks = read_marks(job, self._sheet._worksheet_path)
        head = list(islice(self._rows(), _LOOK))
        if not head:
            raise EmptyFile(file=job.name, layer=self._sheet.title)
        index = find_header([cells for _, cells in head])
        self._header_row, cells = head[index]
        self._names, notes = column_names(cells, job.limits, job.name)
        if not self._names or len(head) == index + 1:
            raise EmptyFile(file=job.name, layer=self._sheet.title)
        self.info = SourceInfo(
            format="xlsx",
            layer=self._sheet.title,
            layers=[s.title for s in self._sheets()],
            columns=_columns(self._names, [c for _, c in head[index + 1 :]]),
            notes=notes + self._notes(),
        )

    def batches(self, size: int, after: int) -> Iterator[RawRows]:
        return gather(self._records(), size, after, self._names)

    def _sheets(self) -> list[Any]:
        return [s for s in self._book.worksheets if hasattr(s, "_worksheet_path")]

    def _choose_sheet(self) -> Any:
        sheets = {s.title: s for s in self._sheets()}
        if not sheets:
            raise EmptyFile(file=self._job.name)
        wanted = self._job.layer
        if wanted and wanted not in sheets:
            raise NoSuchLayer(
                file=self._job.name, wanted=wanted, choices=", ".join(sheets)
            )
        shown = [s for s in sheets.values() if s.sheet_state == "visible"]
        return sheets[wanted] if wanted else (shown or list(sheets.values()))[0]

    def _notes(self) -> list[tuple[str, dict[str, Any]]]:
        notes: list[tuple[str, dict[str, Any]]] = []
        if self._header_row > 1:
            notes.append(("rows-above", {"count": self._header_row - 1}))
        if self._marks.filled:
            notes.append(("merged", {"count": len(self._marks.filled)}))
        if len(self._sheets()) > 1:
            notes.append(("other-layers", {"count": len(self._sheets()) - 1}))
        return notes

    def _rows(self) -> Iterator[Row]:
        """Yield the sheet row number and cells of every row that holds something."""
        self._sheet.reset_dimensions()
        carried: dict[int, Any] = {}
        for cells in self._sheet.iter_rows():
            present = [c for c in cells if c.value is not None]
            if not present:
                continue
            number = present[0].row
            values = [_plain(c.value) for c in cells]
            self._marks.fill(number, values, carried)
            if not is_blank(values):
                yield number, values

    def _records(self) -> Iterator[Record]:
        total = max(1, self._marks.last_row)
        for number, cells in self._rows():
            if number > self._header_row:
                yield self._record(number, cells, min(1.0, number / total))

    def _record(self, number: int, cells: list[Any], progress: float) -> Record:
        width = len(self._names)
        faults = [
            RowFault(number, "formula", self._names[i])
            for i in self._marks.unsolved.get(number, ())
            if i < width
        ]
        if any(c not in (None, "") for c in cells[width:]):
            values = {"found": len(cells), "expected": width}
            faults.append(RowFault(number, "cells-many", values=values))
        cells = (cells + [None] * width)[:width]
        named = dict(zip(self._names, cells, strict=True))
        faults += _cell_faults(number, named, self._job.limits)
        return Record(number, named, None, tuple(faults), progress)


def _open_book(job: ReadJob) -> Any:
    # As a stream: by path the library goes by the name's ending, not by the content.
    stream = job.path.open("rb")
    try:
        return load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError) as error:
        raise BrokenFile(file=job.name, reason=str(error)[:200]) from error


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time.min
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return str(value)
    if isinstance(value, bool | int | float | str | None):
        return value
    return str(value)


def _cell_faults(
    number: int, values: dict[str, Any], limits: Limits
) -> Iterator[RowFault]:
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        if value.startswith("#") and value.rstrip("!?").upper() in _ERRORS:
            yield RowFault(number, "cell-error", name, values={"value": value})
        if "\0" in value:
            yield RowFault(number, "null-byte", name)
        if len(value) > limits.cell_chars:
            shown = {"limit": limits.cell_chars}
            yield RowFault(number, "cell-long", name, values=shown)


_ERRORS = {"#REF", "#VALUE", "#NAME", "#DIV/0", "#N/A", "#NUM", "#NULL"}


def _columns(names: list[str], rows: list[list[Any]]) -> list[Column]:
    return [
        Column(name, _kind([r[i : i + 1] for r in rows]))
        for i, name in enumerate(names)
    ]


def _kind(cells: list[list[Any]]) -> Kind:
    found = {type(c) for cell in cells for c in cell if c is not None}
    if found == {bool}:
        return "boolean"
    if found == {int}:
        return "integer"
    return "number" if found and found <= {int, float} else "text"
