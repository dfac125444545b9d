"""Read comma-, semicolon- or tab-separated text in whatever encoding it comes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import BinaryIO

from safelane.exchange.files.errors import (
    ERROR,
    WARNING,
    BrokenFile,
    RowFault,
    WrongEncoding,
    is_cell_error,
)
from safelane.exchange.files.reading import Column, ReadJob, SourceInfo
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import (
    Record,
    RecordReader,
    header_index,
    is_blank,
    read_header,
)
from safelane.exchange.writers.delimited import unescaped

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Older systems in the countries served: Russian and Azerbaijani Cyrillic, Thai (and
# the Lao fonts laid over it), Turkish/Azerbaijani Latin, Vietnamese, Western.
EIGHT_BIT = ("cp1251", "cp866", "koi8-r", "cp874", "cp1254", "cp1258", "cp1252")
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуыяəиһғ")
_CASE_FLIP = re.compile(r"[а-яё][А-ЯЁ]|[a-z][À-Þ]")
_VOWELS = frozenset("аеёиоуыэюяәөү")
_NEIGHBOURS = re.compile("(?=([а-яёәөүғһҹ])([а-яёәөүғһҹ]))")
# Letters of two scripts within one word.
_MIXED = re.compile(
    "[A-Za-z][\u0400-\u052f\u0e00-\u0e7f]|[\u0400-\u052f\u0e00-\u0e7f][A-Za-z]"
)
# Vowel signs and tones stand on a consonant; elsewhere it is no Thai.
_LOOSE_MARK = re.compile(
    "(?:^|[^\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
_THAI_MARKS = range(0x0E31, 0x0E4F)


def guess_encoding(data: bytes) -> str:
    """Return the name of a Python codec that fits the first bytes of a text.

    A byte order mark or clean UTF-8 decides; otherwise the eight-bit encodings are
    ranked by how much the result looks like writing. The person can overrule it.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if wide := _wide(data):
        return wide
    if is_utf8(data):
        return "utf-8"
    return max(EIGHT_BIT, key=lambda name: _likelihood(data, name))


def _wide(data: bytes) -> str:
    sample = data[:4000]
    half, even, odd = len(sample) // 2, sample[::2].count(0), sample[1::2].count(0)
    few, many = 0.1 * half, 0.4 * half
    if half < 2 or min(even, odd) >= few or max(even, odd) <= many:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def is_utf8(data: bytes) -> bool:
    """Say whether the first bytes of a text are UTF-8; the last letter may be cut.

    A damaged place among clean letters of several bytes, such as one that a field of
    fixed width cut in two, is a fault of its row. In the code pages of eight bits few
    letters look like UTF-8; in Thai many do, though not four of five.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        bad = text.count("�")
        good = sum(ord(letter) > 127 for letter in text) - bad
        return error.start > 0 and good > 4 * bad
    return True


def _likelihood(data: bytes, encoding: str) -> float:
    text = data.decode(encoding, "replace")
    high = [c for c in text if ord(c) > 127]
    if not high:
        return 0.0
    odd = sum(len(found.findall(text)) for found in (_CASE_FLIP, _LOOSE_MARK, _MIXED))
    score = (sum(map(_weight, high)) - 3 * odd) / len(high) + _flow(text)
    return score - (0.2 if encoding in {"koi8-r", "cp866"} else 0.0)


def _flow(text: str) -> float:
    """Return by how much vowels and consonants of Cyrillic alternate; 0 without any.

    In writing seven of ten neighbours do; in letters of another code page half of them.
    """
    pairs = _NEIGHBOURS.findall(text.casefold())
    apart = sum((one in _VOWELS) != (other in _VOWELS) for one, other in pairs)
    return apart / len(pairs) - 0.6 if pairs else 0.0


def _weight(char: str) -> float:
    code = ord(char)
    char = char.casefold()
    if char == "�" or 0x80 <= code < 0xA0 or 0x2500 <= code < 0x2600:
        return -3.0
    if 0x0400 <= code < 0x0500:
        return 1.0 if char in _COMMON_CYRILLIC else 0.35
    if 0x0E00 <= code < 0x0E60:
        return 0.9 if code in _THAI_MARKS else 0.6
    if char in "çğıöşüi̇ə":
        return 0.75
    return 0.5 if char.isalpha() else -0.6


_SAMPLE = 1 << 20
_LOOK = 20
_TELL_EVERY = 500
# As people choose them -> as they stand in the text.
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
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
        return SEPARATORS.get(self._job.separator) or guess_delimiter(text), False

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
            raise BrokenFile(row=number + 1, reason=_in_words(error)) from error
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
            faults += [
                RowFault(number, "quote-open", name, level)
                for i, name in enumerate(self._names)
                if (level := _swallowed(i, cells, self._delimiter))
            ]
            cells = list(_cleaned(number, cells, self._names, faults))
        if "#" in joined or "Err:" in joined:
            faults += [
                RowFault(number, "cell-error", name, values={"value": cell})
                for name, cell in zip(self._names, cells, strict=True)
                if is_cell_error(cell)
            ]
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
    """Return the separator that splits most rows as it splits the header.

    What stands in quotes is not counted, so that commas of WKT and comments do not.
    """
    return max(SEPARATORS.values(), key=partial(_fitting, text))


def _fitting(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows are as wide as the header, and its width."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows.extend(islice(filter(any, found), _LOOK))
    first = header_index(rows)
    width = len(rows[first]) if rows else 0
    return sum(len(row) == width > 1 for row in rows[first:]), width


def _in_words(error: csv.Error) -> str:
    """Say what is wrong with the quotation marks, or else with the row."""
    said = str(error)
    if "unexpected end" in said:
        return _("a quotation mark is never closed")
    if "expected after" in said:
        return _(
            "text stands behind a closing quotation mark, or the separator is wrong"
        )
    if "field limit" in said:
        return _("a cell is too long: a quotation mark before it may not be closed")
    return _("the row cannot be parted into cells")


_BREAKS = re.compile(r"\r\n?|\n")
_FIGURES = re.compile(r"[\d\s.,:/+-]*\d[\d\s.,:/+-]*")


def _swallowed(index: int, cells: list[str], delimiter: str) -> str:
    """Return the level of fault of a cell that holds the end of its row, and more rows.

    So it is where a quotation mark before it is never closed. A text of several lines
    may look so by chance: then figures do not stand where its row has some. Cells left
    empty tell nothing.
    """
    width, lines = len(cells), _BREAKS.split(cells[index])
    if width < 2 or len(lines) < 2:
        return ""
    first, *whole, last = (line.split(delimiter) for line in lines)
    widths = {width} | {len(row) for row in whole}
    if (len(first), len(last), len(widths)) != (width - index, index + 1, 1):
        return ""
    after, before = cells[index + 1 :], cells[:index]
    pairs = [*zip(first[1:], after, strict=True), *zip(last[:-1], before, strict=True)]
    alike = (
        bool(_FIGURES.fullmatch(a)) == bool(_FIGURES.fullmatch(b))
        for a, b in pairs
        if a.strip() and b.strip()
    )
    return ERROR if all(alike) else WARNING


def _cleaned(
    number: int, cells: list[str], names: list[str], faults: list[RowFault]
) -> Iterator[str]:
    """Replace what is not text and say so; line breaks and tabs may stay."""
    for name, cell in zip(names, cells, strict=True):
        if "\0" in cell:
            faults.append(RowFault(number, "null-byte", name))
        if any("\ud800" <= c <= "\udfff" for c in cell):
            faults.append(RowFault(number, "encoding", name))
            cell = cell.encode("utf-8", "replace").decode()
        yield cell.replace("\0", "")
