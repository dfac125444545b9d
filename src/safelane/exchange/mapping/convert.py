"""Turn the cells of one column into values of one field, or into faults.

Dates and words are read as people write them, in the scripts and manners of
the countries served.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from safelane.core.i18n.letters import mixes_scripts, tidy, tidy_name
from safelane.exchange.files.errors import WARNING, RowFault
from safelane.exchange.mapping import numbers
from safelane.exchange.mapping.angles import is_given
from safelane.exchange.mapping.dates import ISO_DAY, parse_date
from safelane.exchange.mapping.model import FieldMapping, TargetField
from safelane.exchange.mapping.names import folded

_ANSWERS = {
    True: "yes y true t 1 x ja oui да д ано bəli beli he hə ແມ່ນ ใช่ มี",
    False: "no n false f 0 nein non нет н xeyr yox ບໍ່ ไม่",
}
_MEANT = {word: said for said, words in _ANSWERS.items() for word in words.split()}
# What programs and people write for a value that is not there. Nan and Na are places.
_NOTHING = {
    *("", "-", "--", "–", "—", ".", "NaN", "nan", "NaT", "NA", "N/A", "n/a", "N/a"),
    *("None", "none", "NONE", "NULL", "Null", "null", "б/н", "<NA>", "<NULL>"),
    *("---", "<Null>", "#NV", "#YOK", "#N/A", "#Н/Д", "1.#QNAN", "-1.#IND", "\\N"),
}
# Where numbers and codes stand, with points and in any case: that it is not known, and
# that there is none. Of a count the latter would be nought, and is left to a person.
_UNKNOWN = """na, nd, unknown, not known, not stated, no data, no information, tbc, tbd,
нд, не указано, неизвестно, не известно, нет данных, нет информации, naməlum, bilinmir,
məlum deyil, məlumat yoxdur, ບໍ່ຮູ້, ບໍ່ຊາບ, ບໍ່ມີຂໍ້ມູນ, ไม่ทราบ, ไม่ระบุ, ไม่มีข้อมูล, không rõ,
មិនដឹង"""
_NONE = "nil, none, нет, yox, yoxdur, ບໍ່ມີ, ไม่มี, không có, គ្មាន"
_UNSAID = {"integer": frozenset(map(folded, _UNKNOWN.split(",")))}
_UNSAID |= dict.fromkeys(
    ("number", "choice", "choices"),
    _UNSAID["integer"] | {folded(word) for word in _NONE.split(",")},
)
# What stands for a reference that a record has not got, in any case and with points.
_NO_REFERENCE = """na, nil, none, null, unknown, undefined, tbd, blank, xxx, 0, no id,
no number, no reference, бн, нд, нет, без номера, yox, yoxdur, ບໍ່ມີ, ไม่มี, không,
không có, គ្មាន"""
_UNREFERENCED = {"", *map(folded, _NO_REFERENCE.split(","))}
# Spaces at the ends, and what nobody sees: joiners, marks of direction, soft hyphens.
_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_UNSEEN = re.compile(f"[{_HIDDEN}]")
_UNSEEN_ENDS = re.compile(rf"^[\s{_HIDDEN}]+|[\s{_HIDDEN}]+$")
_MARK = re.compile(r"[.,]")
_WHOLE = re.compile(r"\s*(\d+)\.0+\s*")
_YEAR = re.compile(r"\s*\d{4}\s*")
_ASKED = re.compile(r"[?？؟՞⁇﹖‽¿…!]|\.\.")
_LIST = re.compile(
    r"\s*(?:\[(.*)\]|\{(.*)\})\s*", re.S
)  # as programs write several codes
_SEVERAL = re.compile(r"\s*[,;|/\n]\s*")


class Unreadable(Exception):
    """A cell cannot be read; ``code`` and ``values`` say why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def convert_column(
    cells: list[Any], rows: list[int], field: TargetField, mapped: FieldMapping
) -> tuple[list[Any], list[RowFault]]:
    """Return one value per cell (None where empty) and the faults.

    The same text is read once, however often it stands in the column.
    """
    reader = CellReader(field, mapped)
    read = getattr(reader, field.kind)
    if field.is_name:
        cells = _whole_names(cells)
    keys = list(zip(map(type, cells), cells, strict=True))
    known = {key: _attempt(read, key[1], reader) for key in dict.fromkeys(keys)}
    result = [known[key] for key in keys]
    faults: list[RowFault] = []
    is_bad = any(isinstance(value, Unreadable) for value in known.values())
    if is_bad or (field.required and None in known.values()):
        for i, (row, value) in enumerate(zip(rows, result, strict=True)):
            if isinstance(value, Unreadable):
                values = value.values
                faults.append(RowFault(row, value.code, mapped.column, values=values))
                result[i] = None
            elif value is None and field.required:
                faults.append(RowFault(row, "required", mapped.column or field.name))
    return result, faults + _doubts(cells, result, rows, field, mapped)


def _whole_names(cells: list[Any]) -> list[Any]:
    """Return 77 where all of a column is written 77.0: by a program, not a person."""
    whole = [isinstance(cell, str) and _WHOLE.fullmatch(cell) for cell in cells]
    if all(
        match or not is_given(cell) for match, cell in zip(whole, cells, strict=True)
    ):
        return [match[1] if match else None for match in whole]
    return cells


def _doubts(
    cells: list[Any],
    result: list[Any],
    rows: list[int],
    field: TargetField,
    mapped: FieldMapping,
) -> list[RowFault]:
    """Return a warning for each cell that could well mean something else.

    The first speaks for all where commas part thousands, or a unit is not known.
    """
    given = [g for g in zip(rows, cells, result, strict=True) if g[2] is not None]
    found = []
    if field.kind == "date" and mapped.date_format == "%Y":
        found = [("year", g) for g in given if _YEAR.fullmatch(str(g[1]))]
    elif field.is_name:
        texts = [g for g in given if isinstance(g[1], str)]
        found = [("date-name", g) for g in texts if ISO_DAY.fullmatch(g[1])]
        found += [("two-scripts", g) for g in texts if mixes_scripts(g[2])]
    elif field.kind == "number" and not mapped.decimal_comma:
        marked = [g for g in given if isinstance(g[1], str) and _MARK.search(g[1])]
        if all(numbers.is_doubtful(g[1]) for g in marked):  # others show what is meant
            found = [("grouped", g) for g in marked if "." in g[1] or g is marked[0]]
    if given and numbers.has_strange_unit(mapped.column, field):
        found.append(("unit", given[0]))
    return [
        RowFault(row, code, mapped.column, WARNING, {"value": cell, "read": str(value)})
        for code, (row, cell, value) in found
    ]


def _attempt(read: Callable[[Any], Any], cell: Any, reader: CellReader) -> Any:
    """Return what a cell says, None for nothing, or why it cannot be read."""
    if cell is None or isinstance(cell, str) and reader.says_nothing(cell):
        return None
    if isinstance(cell, float) and math.isnan(cell):
        return None
    try:
        return read(cell)
    except Unreadable as error:
        return error


class CellReader:
    """Reads the non-empty cells of one field: a method for each kind of field.

    Raises:
        Unreadable: A cell is none of its kind.
    """

    def __init__(self, field: TargetField, mapped: FieldMapping) -> None:
        self._field, self._mapped = field, mapped
        column = mapped.column
        self._column_unit = numbers.unit_of(column, field) if field.unit else ""
        self._codes = self.names = choice_index(field)
        if field.choices:
            self._codes |= {_word(k): v for k, v in mapped.values.items()}
        elif field.kind == "text":
            self.names = {folded(k): v for k, v in mapped.values.items()}

    def says_nothing(self, cell: str) -> bool:
        """Say whether a text stands for nothing, and means nothing of its own here."""
        word = cell.strip()
        said, kind = folded(word), "number" if self._field.unit else self._field.kind
        is_unsaid = said in _UNSAID.get(kind, ()) and not is_undecided(word)
        return not word or (word in _NOTHING or is_unsaid) and said not in self.names

    def text(self, cell: Any) -> str | None:
        if isinstance(cell, float) and cell.is_integer():  # 77.0 is 77
            cell = int(cell)
        text, most = _UNSEEN_ENDS.sub("", tidy(str(cell))), self._field.max_length
        if self._field.is_name:
            text = tidy_name(_UNSEEN.sub("", text))
        if self._field.name == "reference" and folded(text) in _UNREFERENCED:
            return None
        text = self._mapped.values.get(text, text)
        if most and len(text) > most:
            raise Unreadable("long", limit=most)
        return text or None

    def number(self, cell: Any) -> float:
        unit, column_unit = self._field.unit, self._column_unit
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                value = float(numbers.in_unit(Decimal(repr(cell)), column_unit, unit))
                if not math.isfinite(value):
                    raise ValueError(cell)
            else:
                decimal_comma = self._mapped.decimal_comma
                value = numbers.parse_number(
                    str(cell), decimal_comma, unit, column_unit
                )
        except (ValueError, OverflowError, ArithmeticError) as error:
            raise Unreadable("number", value=_shown(cell)) from error
        if self._field.minimum is not None and value < self._field.minimum:
            raise Unreadable("number", value=_shown(cell))
        if self._field.maximum is not None and value > self._field.maximum:
            limit = f"{self._field.maximum:.0f}"
            raise Unreadable("high", value=_shown(cell), limit=limit)
        return value

    def integer(self, cell: Any) -> int:
        value = self.number(cell)
        has_comma = self._mapped.decimal_comma
        is_pointed = isinstance(cell, str) and "." in cell
        is_doubtful = is_pointed and numbers.is_doubtful(cell)
        if is_doubtful and not has_comma:  # 2.000 may be two thousand
            raise Unreadable("integer", value=_shown(cell))
        if not value.is_integer() or abs(value) > 2**31 - 1:
            raise Unreadable("integer", value=_shown(cell))
        return int(value)

    def boolean(self, cell: Any) -> bool:
        said = _MEANT.get(folded(_shown(cell)), _MEANT.get(_shown(cell)))
        if said is None or is_undecided(_shown(cell)):
            raise Unreadable("boolean", value=_shown(cell))
        return said

    def date(self, cell: Any) -> dt.date:
        try:
            return parse_date(str(cell), self._mapped.date_format)
        except ValueError as error:
            shown = self._mapped.date_format or "2024-12-31"
            raise Unreadable("date", value=_shown(cell), format=shown) from error

    def json(self, cell: Any) -> dict[str, Any]:
        """Return what an export wrote of several columns, or a cell as it is."""
        try:
            found = json.loads(cell)
            text = json.dumps(found, ensure_ascii=False, allow_nan=False)
            if isinstance(found, dict) and text.encode() and "\\u0000" not in text:
                return found
        except (TypeError, ValueError, RecursionError):
            pass
        return {self._mapped.column: cell}

    def choice(self, cell: Any) -> str | None:
        text = str(cell).strip()
        code = self._codes.get(_word(text))
        if code is None:
            raise Unreadable("choice", value=text[:80])
        return code or None

    def choices(self, cell: Any) -> list[str] | None:
        text = str(cell).strip()
        if is_list := _LIST.fullmatch(text):
            text = is_list[1] or is_list[2] or ""
        parts = [part for part in _SEVERAL.split(text) if part]
        if is_list:
            parts = [part.strip("'\"") for part in parts]
        if any(_word(part) not in self._codes for part in parts):
            words = str(cell).split()  # as ODK and Kobo write several codes
            if all(_word(word) in self._codes for word in words):
                parts = words
        found = dict.fromkeys(code for part in parts if (code := self.choice(part)))
        return list(found) or None


def _shown(cell: Any) -> str:
    return str(cell).strip()[:80]


def is_undecided(text: str) -> bool:
    """Say whether signs stand around a text, or such as ask or reckon within it.

    They may say "not", "about" or "perhaps": the text is not the words alone.
    """
    kinds = [unicodedata.category(sign)[0] for sign in text.strip().removesuffix(".")]
    is_bare = {*kinds[:1], *kinds[-1:]} <= {*"LNM"} and "S" not in kinds
    return not is_bare or bool(_ASKED.search(text))


def _word(text: str) -> str:
    return tidy(text).casefold() if is_undecided(text) else folded(text)


def choice_index(field: TargetField) -> dict[str, str]:
    """Return every folded name of every choice -> its code."""
    index: dict[str, str] = {}
    for choice in field.choices:
        for name in map(str, (choice.code, *choice.names)):
            index.setdefault(folded(name), choice.code)
            index.setdefault(_word(name), choice.code)  # "Other (specify)"
    return index
