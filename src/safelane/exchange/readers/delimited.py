"""Read comma-, semicolon- or tab-separated text in whatever encoding it comes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from safelane.exchange.files.encoding import guess_encoding
from safelane.exchange.files.errors import BrokenFile, WrongEncoding
from safelane.exchange.files.faults import WARNING, RowFault
from safelane.exchange.files.formulas import unescaped
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.tables import Column, SourceInfo
from safelane.exchange.readers.headers import is_blank, read_header
from safelane.exchange.readers.records import Record, RecordReader

_SAMPLE = 1 << 20
_LOOK = 20
_TELL_EVERY = 500
_DELIMITERS = ",;\t|"
_SAYS_DELIMITER = "sep="


class DelimitedReader(RecordReader):
    """A CSV file: text only, positions come from columns."""

    def __init__(self, job: ReadJob) -> None:
        self._job = job
        with job.path.open("rb") as file:
            sample = file.read(_SAMPLE)
        self._encoding = job.encoding or guess_encoding(sample)
        self._delimiter, self._lead = self._dialect(sample)
        with job.path.open("rb") as file:
            first = list(islice(self._rows(file), _LOOK))
        self._header_row, self._names, notes = read_header(first, job)
        if not job.encoding and self._encoding not in {"utf-8", "utf-8-sig"}:
            notes.append(("guessed-encoding", {"encoding": self._encoding}))
        columns = [Column(name) for name in self._names]
        self.info = SourceInfo(columns=columns, encoding=self._encoding, notes=notes)

    def _dialect(self, sample: bytes) -> tuple[str, bool]:
        try:
            text = sample.decode(self._encoding, "replace")
        except LookupError as error:
            raise WrongEncoding(encoding=self._encoding) from error
        first = text.lstrip("\ufeff").split("\n", 1)[0].strip("\r")
        if first.lower().startswith(_SAYS_DELIMITER) and len(first) == 5:
            return first[-1], True
        return guess_delimiter(text), False

    def _rows(self, file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
        """Yield the record number from 1 and the cells of every non-blank record."""
        csv.field_size_limit(self._job.limits.cell_chars)
        errors = "surrogateescape" if "16" not in self._encoding else "strict"
        text = io.TextIOWrapper(file, self._encoding, errors, newline="")
        reader = csv.reader(text, delimiter=self._delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, start=0 if self._lead else 1):
                if number and not is_blank(cells):
                    yield number, cells
        except csv.Error as error:
            raise BrokenFile(row=number + 1, reason=str(error)) from error
        except UnicodeError as error:
            raise WrongEncoding(row=number + 1, encoding=self._encoding) from error
        finally:
            text.detach()  # the caller closes the file

    def records(self) -> Iterator[Record]:
        size = max(1, self._job.path.stat().st_size)
        with self._job.path.open("rb") as file:
            held: Record | None = None
            progress = 0.0
            for number, cells in self._rows(file):
                if number <= self._header_row:
                    continue
                if held:
                    yield held
                if number % _TELL_EVERY == 0:
                    progress = min(1.0, file.tell() / size)
                held = self._record(number, cells, progress)
            if held:
                yield self._last(held, file)

    def _record(self, number: int, cells: list[str], progress: float) -> Record:
        faults: list[RowFault] = []
        width = len(self._names)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            code = "cells-many" if len(cells) > width else "cells-few"
            said = {"found": len(cells), "expected": width}
            faults.append(RowFault(number, code, values=said))
            cells = (cells + [""] * width)[:width]
        joined = "".join(cells)
        if not joined.isprintable():
            cells, faults = _cleaned(number, cells, self._names, faults)
        if "'" in joined:
            cells = [unescaped(cell) for cell in cells]
        values = dict(zip(self._names, (c or None for c in cells), strict=True))
        return Record(number, values, None, tuple(faults), progress)

    def _last(self, record: Record, file: BinaryIO) -> Record:
        """Warn when the file stops without a line end: it may have been cut off."""
        file.seek(-1, io.SEEK_END)
        if file.read(1) in b"\r\n\0":
            return record
        fault = RowFault(record.row, "no-line-end", level=WARNING)
        return record._replace(faults=(*record.faults, fault))


def guess_delimiter(text: str) -> str:
    """Return the separator that splits the first lines most evenly."""
    lines = [line for line in text.splitlines()[:30] if line.strip()][:20]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        if not any(counts):
            continue
        usual = max(set(counts), key=counts.count)
        score = usual * counts.count(usual) / len(counts)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _cleaned(
    number: int, cells: list[str], names: list[str], faults: list[RowFault]
) -> tuple[list[str], list[RowFault]]:
    """Replace what is not text and say so; line breaks and tabs may stay."""
    result, found = [], list(faults)
    for name, cell in zip(names, cells, strict=True):
        if "\0" in cell:
            found.append(RowFault(number, "null-byte", name))
        if any("\ud800" <= c <= "\udfff" for c in cell):
            found.append(RowFault(number, "encoding", name))
            cell = cell.encode("utf-8", "replace").decode()
        result.append(cell.replace("\0", ""))
    return result, found
