"""Read the cells of a spreadsheet: stored results only, no formula is evaluated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string as column_index
from openpyxl.utils.cell import coordinate_from_string, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from safelane.exchange.files.errors import (
    WARNING,
    BrokenFile,
    RowFault,
    StrictWorkbook,
    is_cell_error,
)
from safelane.exchange.files.formats import open_archive, unpack
from safelane.exchange.files.reading import Column, Limits, ReadJob, SourceInfo
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import (
    Record,
    RecordReader,
    choose_layer,
    header_index,
    is_blank,
    kind_of,
    read_header,
)
from safelane.exchange.readers.xml import local_name, refuse_declarations, walk

_LOOK, _TOP = 500, 20
_TOLD = 20
_TABLE = 3  # columns, of which a cover has fewer
Row = tuple[int, list[Any]]


class XlsxReader(RecordReader):
    """One sheet of a workbook; positions come from columns."""

    def __init__(self, job: ReadJob) -> None:
        self._job = job
        with open_archive(job.path, job.limits) as archive:
            _refuse_strict(archive)
        self._book = _open_book(job)
        sheets = [s for s in self._book.worksheets if hasattr(s, "_worksheet_path")]
        self._marks = SheetMarks()
        # The first with a table: a cover may stand before it.
        ranked = sorted(sheets, key=self._rank)
        named = {sheet.title: sheet for sheet in ranked}
        self._sheet = named[choose_layer(list(named), job)]
        self._marks = read_marks(job, self._sheet._worksheet_path)
        head = list(islice(self._rows(), _LOOK))
        title = self._sheet.title
        self._header_row, self._names, notes = read_header(head, job, title)
        below = [_bare(cells) for number, cells in head if number > self._header_row]
        if self._marks.filled:
            notes.append(("merged", {"count": len(self._marks.filled)}))
        if hidden := [r for r in self._marks.hidden if r > self._header_row]:
            notes.append(("hidden-rows", {"count": len(hidden)}))
        called = enumerate(f"“{name}”" for name in self._names)
        if unseen := [name for i, name in called if i in self._marks.unseen]:
            notes.append(("hidden-columns", {"columns": ", ".join(unseen[:_TOLD])}))
        self.info = SourceInfo(
            layer=title,
            layers=[s.title for s in sheets],
            columns=_columns(self._names, below),
            notes=notes,
        )

    def _rank(self, sheet: Any) -> tuple[bool, int]:
        """Return what puts sheets in view first, then those with columns and rows."""
        self._sheet = sheet
        rows = [cells for _number, cells in islice(self._rows(), _TOP)]
        first = header_index(rows)
        width = (
            0 if len(rows) < first + 2 else len(rows[first]) - rows[first].count(None)
        )
        return sheet.sheet_state != "visible", -min(width, _TABLE)

    def _rows(self) -> Iterator[Row]:
        """Yield the sheet row number and cells of every row that holds something."""
        self._sheet.reset_dimensions()
        carried: dict[int, Any] = {}
        for cells in self._sheet.iter_rows():
            present = [c for c in cells if c.value is not None]
            if not present:
                continue
            number = present[0].row
            struck = [c.column - 1 for c in present if c.has_style and c.font.strike]
            if struck:
                is_whole = len(struck) == len(present)
                self._marks.struck[number] = [] if is_whole else struck
            values = [_shown(c) for c in cells]
            self._marks.fill(number, values, carried)
            if not is_blank(values):
                yield number, values

    def records(self) -> Iterator[Record]:
        total = max(1, self._marks.last_row)
        for number, cells in self._rows():
            if number > self._header_row:
                yield self._record(number, cells, min(1.0, number / total))

    def _record(self, number: int, cells: list[Any], progress: float) -> Record:
        width, unsolved = len(self._names), self._marks.unsolved.get(number, ())
        named = (self._names[i] for i in unsolved if i < width)
        faults = [RowFault(number, "formula", name) for name in named]
        if (struck := self._marks.struck.pop(number, None)) is not None:
            columns = [self._names[i] for i in struck if i < width] or [""]
            faults += [RowFault(number, "struck", name, WARNING) for name in columns]
        if any(c not in (None, "") for c in cells[width:]):
            said = {"found": len(cells), "expected": width}
            faults.append(RowFault(number, "cells-many", values=said))
        cells = (cells + [None] * width)[:width]
        values = dict(zip(self._names, _bare(cells), strict=True))
        faults += _cell_faults(number, values, self._job.limits)
        shown = tuple(
            (number, name, cell.text)
            for name, cell in zip(self._names, cells, strict=True)
            if isinstance(cell, Shown)
        )
        return Record(number, values, None, tuple(faults), progress, shown)


def _refuse_strict(archive: ZipFile) -> None:
    """Raise for a workbook in the strict form, which would look empty here."""
    if "xl/workbook.xml" in archive.namelist():
        with archive.open("xl/workbook.xml") as file:
            if b"purl.oclc.org/ooxml" in file.read(8192):
                raise StrictWorkbook


def _open_book(job: ReadJob) -> Any:
    # As a stream: by path the library goes by the name's ending, not by the content.
    stream = job.path.open("rb")
    try:
        return load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError) as error:
        raise BrokenFile(reason=_("a part of the workbook is missing")) from error


class Shown(NamedTuple):
    """A number, and the text as which its cell shows it."""

    value: Any
    text: str

    def __str__(self) -> str:
        return self.text


def _bare(cells: list[Any]) -> list[Any]:
    return [cell.value if isinstance(cell, Shown) else cell for cell in cells]


# Digits that are always shown, also between fixed signs: 0.00, 0000, "MF-"000\-000.
_SIGN = r'"[^"]*"|\\.|[- ()]'
_FIXED = re.compile(
    rf"((?:{_SIGN})*0(?:{_SIGN}|0)*)(?:\.(0+)((?:{_SIGN})*))?(?:;.*)?", re.S
)
_PLACE = re.compile(r'"([^"]*)"|\\(.)|0', re.S)
_LONGEST_FORM = 255  # as Excel has it


def _shown(cell: Any) -> Any:
    """Return what a cell holds, and the text that is shown where none of it is lost."""
    form = cell.number_format or ""
    value: Any = _without_day(cell.value, form) or _plain(cell.value)
    if type(value) not in (int, float):
        return value
    bare, text = _with_unit(value, form), _as_text(value, form)
    return Shown(bare, text) if text and text != str(value) else bare


def _without_day(value: Any, form: str) -> str:
    """Return the month or year that a date's cell shows; "" where it shows a day.

    So it is where it shows hours alone, or anything without a format of its own.
    """
    shown = _TIME.sub("", _LITERAL.sub("", form.lower()).split(";")[0])
    if not isinstance(value, dt.date) or "d" in shown or shown == "general":
        return ""
    year = "%Y" if {*"ybe"} & {*shown} else ""  # b is of the Buddhist era, e of any
    month = "%m" if "m" in shown else ""
    return value.strftime("/".join(filter(None, (month, year))))


def _as_text(value: float, form: str) -> str:
    """Return a number as a format of fixed digits shows it; "" by any other format."""
    found = _FIXED.fullmatch(form) if len(form) <= _LONGEST_FORM else None
    if value < 0 or found is None:
        return ""
    before, decimals, after = (part or "" for part in found.groups())
    digits = f"{value:.{len(decimals)}f}"
    whole, point, rest = digits.partition(".")
    places = sum(match[0] == "0" for match in _PLACE.finditer(before))
    whole = whole.zfill(places)
    most = len(whole) - places + 1  # digits in the first place
    left = iter([whole[:most], *whole[most:]])

    def written(match: re.Match[str]) -> str:
        return next(left) if match[0] == "0" else match[1] or match[2] or ""

    text = _PLACE.sub(written, before) + point + rest + _PLACE.sub(written, after)
    return text if float(digits) == value else ""


def _with_unit(value: float, form: str) -> Any:
    """Return a number, with the unit that its format shows behind it.

    A cell that reads "5.0 ha" or "50%" holds 5 or 0.5 only.
    """
    unit = _unit_of(form)
    if unit.startswith("%"):
        return f"{float(Decimal(repr(value)) * 100):.15g}%"
    return f"{value} {unit}" if unit else value


_LITERAL = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|[_*].")
# Minutes are written as months are: behind hours or before seconds.
_TIME = re.compile(r"am/pm|a/p|h+[^a-z]*m*|m+[^a-z]*s+")
_ASIDE = re.compile(r"\[[^\]]*\]")
_BEHIND = re.compile(
    r"(?:\"[^\"]*\"|\\.|[^\"\\])*(?:[0#?]|General)((?:\"[^\"]*\"|\\.|[^\"\\0#?])*)",
    re.S,
)
_WRITTEN = re.compile(r"\"([^\"]*)\"|\\(.)|_.|\*.")


@lru_cache(maxsize=1024)
def _unit_of(number_format: str) -> str:
    """Return what a number format writes behind a number, such as "ha" or "%"."""
    match = _BEHIND.fullmatch(_ASIDE.sub("", number_format.split(";")[0]))
    written = _WRITTEN.sub(lambda m: m[1] or m[2] or " ", match[1]) if match else ""
    is_unit = "%" in written or any(map(str.isalpha, written))
    return written.strip() if is_unit else ""


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
    if isinstance(value, str) and "_x" in value:  # how workbooks write a line's end
        return unescape(value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool | int | float | str | None):
        return value
    return str(value)


def _cell_faults(
    number: int, values: dict[str, Any], limits: Limits
) -> Iterator[RowFault]:
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        if is_cell_error(value) or value == "#N/A":
            yield RowFault(number, "cell-error", name, values={"value": value})
        if "\0" in value:
            yield RowFault(number, "null-byte", name)
        if len(value) > limits.cell_chars:
            shown = {"limit": limits.cell_chars}
            yield RowFault(number, "cell-long", name, values=shown)


def _columns(names: list[str], rows: list[list[Any]]) -> list[Column]:
    found = [{type(c) for r in rows for c in r[i : i + 1]} for i in range(len(names))]
    return [Column(n, kind_of(types)) for n, types in zip(names, found, strict=True)]


_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,9})"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_UNSEEN = re.compile(
    rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d{1,5})")'
    rb'[^>]*\bmax="(\d{1,5})"'
)
_CHUNK = 1 << 20
_MAX_MERGED = 100_000


@dataclass
class SheetMarks:
    """What stands beside the cells of a sheet.

    ``filled`` maps (row, column from 0) inside a vertical merge to the column whose
    last value it repeats; ``unsolved`` maps a row to the columns with a formula that
    has no stored result; ``hidden`` are the rows out of view, as by a filter, and
    ``unseen`` the columns; ``struck`` maps a row, until it is read, to the columns that
    are struck through, or to none where all are.
    """

    filled: set[tuple[int, int]] = field(default_factory=set)
    unsolved: dict[int, list[int]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    unseen: set[int] = field(default_factory=set)
    struck: dict[int, list[int]] = field(default_factory=dict)
    last_row: int = 0

    def fill(self, row: int, cells: list[Any], carried: dict[int, Any]) -> None:
        """Repeat merged values downwards, as a person reads them."""
        for i in range(len(cells)) if self.filled else ():
            if (row, i) in self.filled:
                cells[i] = carried.get(i)
            carried[i] = cells[i]


def read_marks(job: ReadJob, member: str) -> SheetMarks:
    """Look through one sheet for merges and for formulas without a stored result.

    Raises:
        MarkupRefused, BrokenFile: The sheet's XML is refused or damaged.
    """
    marks = SheetMarks()
    with open_archive(job.path, job.limits) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                refuse_declarations(unpack(archive, name, job.workdir / "part.xml"))
        path = unpack(archive, member.lstrip("/"), job.workdir / "sheet.xml")
    formulas, merges, cut = False, False, b""
    with path.open("rb") as sheet:
        while chunk := sheet.read(_CHUNK):
            whole, mark, begun = (cut + chunk).rpartition(b"<")
            marks.hidden += map(int, _HIDDEN.findall(whole))
            for first, last in _UNSEEN.findall(whole):
                marks.unseen |= {*range(int(first) - 1, int(last))}
            cut = mark + begun
            formulas = formulas or b"<f" in chunk
            merges = merges or b"mergeCell" in chunk
            for number in _ROW.findall(chunk)[-1:]:
                marks.last_row = int(number)
    if formulas or merges:
        _collect(marks, walk(path, ("end",), ("c", "mergeCell", "row")))
    path.unlink()
    return marks


def _collect(marks: SheetMarks, events: Any) -> None:
    for _event, element in events:
        tag = local_name(element)
        if tag == "c":
            _note_formula(marks, element)
        elif tag == "mergeCell":
            _note_merge(marks, element.get("ref") or "")
        elif tag == "row":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _note_formula(marks: SheetMarks, cell: Any) -> None:
    tags = {local_name(c): c for c in cell}
    solved = "v" in tags and (tags["v"].text or cell.get("t") == "str")
    if "f" not in tags or solved or "is" in tags:
        return
    letters, row = coordinate_from_string(cell.get("r") or "A1")
    marks.unsolved.setdefault(row, []).append(column_index(letters) - 1)


def _note_merge(marks: SheetMarks, ref: str) -> None:
    left, top, right, bottom = (int(v or 0) for v in range_boundaries(ref))
    if len(marks.filled) + (bottom - top) > _MAX_MERGED:
        return
    marks.filled |= {(row, left - 1) for row in range(top + 1, bottom + 1)}
