"""Turn the cells of one column into values of one field, or into faults.

Names, numbers and dates are read as people write them, in the scripts and manners of
the countries served.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from safelane.exchange.files.errors import WARNING, RowFault
from safelane.exchange.mapping.dates import ISO_DAY, parse_date, reads
from safelane.exchange.mapping.model import FieldMapping, TargetField

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Letters that carry no accent mark to strip but are written without it on keyboards.
_FOLD = str.maketrans({"ə": "e", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ё": "е"})


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Return ``text`` without case, accents of Latin letters and punctuation.

    Marks of Lao, Thai and other scripts are part of their letters and stay.
    """
    text = _CAMEL.sub(" ", text.strip())
    decomposed = unicodedata.normalize("NFD", text.casefold())
    kept = [c for c in decomposed if not "\u0300" <= c <= "\u036f"]
    plain = unicodedata.normalize("NFC", "".join(kept)).translate(_FOLD)
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c)[0] == "M")


def likeness(one: str, other: str) -> float:
    """Return 1 for the same name, 0 for nothing in common."""
    a, b = folded(one), folded(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)):
        return 0.8 + 0.1 * min(len(a), len(b)) / max(len(a), len(b))
    return SequenceMatcher(None, a, b).ratio()


_SQUARE = "m2", "m²", "sqm", "sq m", "sq.m", "sq. m", "кв м", "кв.м", "кв. м"
_UNITS = {
    **dict.fromkeys(_SQUARE, ("m2", "1")),
    **dict.fromkeys(("ha", "hectare", "hectares", "га"), ("m2", "10000")),
    **dict.fromkeys(("km2", "km²", "км2", "км²"), ("m2", "1000000")),
    **dict.fromkeys(("mm", "мм"), ("m", "0.001")),
    **dict.fromkeys(("cm", "см"), ("m", "0.01")),
    **dict.fromkeys(("m", "м", "metre", "metres", "meter", "meters"), ("m", "1")),
    **dict.fromkeys(("km", "км"), ("m", "1000")),
}
_UNIT = re.compile(
    rf"\s*({'|'.join(sorted(map(re.escape, _UNITS), key=len))})\.?$", re.I
)
_LONGEST_NUMBER = 100
_HEADED = re.compile(r"[\s_(\[,]+([\w²]+)[)\]]?\s*$")
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"^\s*[-+]?\d{1,3}([ .\u00a0\u202f]\d{3})*,\d+\s*$")
_THOUSANDS = re.compile(r"^\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*$")
_POINTS = re.compile(r"\s*[-+]?[1-9]\d{0,2}(\.\d{3})+\s*")


def is_grouped(text: str) -> bool:
    """Say whether commas part the thousands of a number, as in 345,678."""
    return bool(_THOUSANDS.match(text))


def unit_of(column: str) -> str:
    """Return the unit that a column's name ends with, as in "Depth (m)", or ""."""
    match = _HEADED.search(column.strip())
    return match[1].lower() if match and match[1].lower() in _UNITS else ""


def in_unit(value: Decimal, found: str, wanted: str) -> Decimal:
    """Return a number of the unit ``found`` in the unit ``wanted``; "" has none.

    Raises:
        ValueError: The one measures something else than the other.
    """
    if not found:
        return value
    (kind, factor), (other, divisor) = _UNITS[found], _UNITS.get(wanted, ("", "1"))
    if kind != other:
        raise ValueError(f"{found} is not {wanted}")
    return value * Decimal(factor) / Decimal(divisor)


def parse_number(
    text: str, decimal_comma: bool = False, unit: str = "", column_unit: str = ""
) -> float:
    """Return the finite number that ``text`` writes, in the unit of the field.

    Args:
        unit: Of the field; "" where it has none, and the text may name none.
        column_unit: What the number is in where the text names no unit.

    Raises:
        ValueError: It is not a finite number, or in a unit of something else.
    """
    text = text.strip()
    if len(text) > _LONGEST_NUMBER:  # before any pattern looks for an end
        raise ValueError(text[:_LONGEST_NUMBER])
    found = _UNIT.search(text)
    bare = (text[: found.start()] if found else text).strip()
    if not decimal_comma and is_grouped(bare):
        bare = bare.replace(",", "")
    bare = bare.translate(_SPACES)
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    named = found[1].lower() if found else column_unit
    value = float(in_unit(Decimal(bare), named, unit) if named else bare)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def guess_decimal_comma(texts: Iterable[str]) -> bool:
    """Say whether a column is written with decimal commas.

    "1,500" alone is ambiguous and read as fifteen hundred; "1,5" or "1.500,25" settle
    it.
    """
    values = [t for t in texts if t]
    commas = sum(bool(_COMMA.match(v)) and not _THOUSANDS.match(v) for v in values)
    points = sum("." in v and not _COMMA.match(v) for v in values)
    return commas > points


def is_number(text: str, unit: str = "") -> bool:
    """Say whether ``text`` can be read as a number in either way of writing."""
    return reads(parse_number, text, "," in text, unit)


_ANSWERS = {
    True: "yes y true t 1 x ja oui да д ано bəli beli he hə ແມ່ນ ใช่ มี",
    False: "no n false f 0 nein non нет н xeyr yox ບໍ່ ไม่",
}
_MEANT = {word: said for said, words in _ANSWERS.items() for word in words.split()}
# What programs write for a value that is not there.
_NOTHING = {"", "nan", "NaN", "NULL", "<NULL>", "<Null>", "#N/A", "1.#QNAN", "-1.#IND"}
# Spaces at the ends, and what nobody sees: joiners, marks of direction, soft hyphens.
_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_UNSEEN = re.compile(f"[{_HIDDEN}]")
_UNSEEN_ENDS = re.compile(rf"^[\s{_HIDDEN}]+|[\s{_HIDDEN}]+$")
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
    read = getattr(CellReader(field, mapped), field.kind)
    keys = list(zip(map(type, cells), cells, strict=True))
    known = {key: _attempt(read, key[1]) for key in dict.fromkeys(keys)}
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


def _doubts(
    cells: list[Any],
    result: list[Any],
    rows: list[int],
    field: TargetField,
    mapped: FieldMapping,
) -> list[RowFault]:
    """Return a warning for each cell that could well mean something else."""
    if field.kind == "date" and mapped.date_format == "%Y":
        code, doubtful = "year", re.compile(r"\s*\d{4}\s*")
    elif field.is_name:
        code, doubtful = "date-name", ISO_DAY
    elif field.kind == "number" and not mapped.decimal_comma:
        code, doubtful = "grouped", _POINTS
        texts = [c for c in cells if isinstance(c, str) and "." in c]
        if not all(map(doubtful.fullmatch, texts)):  # others show what a point means
            return []
    else:
        return []
    return [
        RowFault(row, code, mapped.column, WARNING, {"value": cell, "read": str(value)})
        for row, cell, value in zip(rows, cells, result, strict=True)
        if value is not None and isinstance(cell, str) and doubtful.fullmatch(cell)
    ]


def _attempt(read: Callable[[Any], Any], cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and cell.strip() in _NOTHING):
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
        self._column_unit = unit_of(mapped.column) if field.unit else ""
        self._codes = choice_index(field)
        if field.choices:
            self._codes |= {folded(k): v for k, v in mapped.values.items()}

    def text(self, cell: Any) -> str | None:
        if isinstance(cell, float) and cell.is_integer():  # 77.0 is 77
            cell = int(cell)
        text, most = _UNSEEN_ENDS.sub("", str(cell)), self._field.max_length
        if self._field.is_name:
            text = _UNSEEN.sub("", text)
        text = self._mapped.values.get(text, text)
        if most and len(text) > most:
            raise Unreadable("long", limit=most)
        return text or None

    def number(self, cell: Any) -> float:
        unit, column_unit = self._field.unit, self._column_unit
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                value = float(in_unit(Decimal(repr(cell)), column_unit, unit))
                if not math.isfinite(value):
                    raise ValueError(cell)
            else:
                decimal_comma = self._mapped.decimal_comma
                value = parse_number(str(cell), decimal_comma, unit, column_unit)
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
        is_grouped_or_not = isinstance(cell, str) and _POINTS.fullmatch(cell)
        if is_grouped_or_not and not has_comma:  # 2.000 may be two thousand
            raise Unreadable("integer", value=_shown(cell))
        if not value.is_integer() or abs(value) > 2**31 - 1:
            raise Unreadable("integer", value=_shown(cell))
        return int(value)

    def boolean(self, cell: Any) -> bool:
        said = _MEANT.get(folded(_shown(cell)), _MEANT.get(_shown(cell)))
        if said is None:
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
        code = self._codes.get(folded(text))
        if code is None:
            raise Unreadable("choice", value=text[:80])
        return code or None

    def choices(self, cell: Any) -> list[str] | None:
        parts = [part for part in _SEVERAL.split(str(cell).strip()) if part]
        found = dict.fromkeys(code for part in parts if (code := self.choice(part)))
        return list(found) or None


def _shown(cell: Any) -> str:
    return str(cell).strip()[:80]


def choice_index(field: TargetField) -> dict[str, str]:
    """Return every folded name of every choice -> its code."""
    index: dict[str, str] = {}
    for choice in field.choices:
        for name in (choice.code, *choice.names):
            index.setdefault(folded(str(name)), choice.code)
    return index
