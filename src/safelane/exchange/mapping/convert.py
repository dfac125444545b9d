"""Turn the cells of one column into values of one field, or into faults."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from safelane.exchange.files.faults import RowFault
from safelane.exchange.mapping.dates import parse_date
from safelane.exchange.mapping.model import FieldMapping
from safelane.exchange.mapping.names import folded
from safelane.exchange.mapping.numbers import parse_number
from safelane.exchange.mapping.targets import TargetField

_ANSWERS = {
    True: "yes y true t 1 x ja oui да д ано bəli beli he hə ແມ່ນ ใช่ มี",
    False: "no n false f 0 nein non нет н xeyr yox ບໍ່ ไม่",
}
_MEANT = {word: said for said, words in _ANSWERS.items() for word in words.split()}
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
    read = _reader_of(field, mapped)
    keys = list(zip(map(type, cells), cells, strict=True))
    known = {key: _attempt(read, key[1]) for key in dict.fromkeys(keys)}
    result = [known[key] for key in keys]
    faults: list[RowFault] = []
    bad = {key for key, value in known.items() if isinstance(value, Unreadable)}
    if bad or (field.required and None in known.values()):
        for i, (row, value) in enumerate(zip(rows, result, strict=True)):
            if isinstance(value, Unreadable):
                values = value.values
                faults.append(RowFault(row, value.code, mapped.column, values=values))
                result[i] = None
            elif value is None and field.required:
                faults.append(RowFault(row, "required", mapped.column or field.name))
    return result, faults


def _attempt(read: Callable[[Any], Any], cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return read(cell)
    except Unreadable as error:
        return error


def _reader_of(field: TargetField, mapped: FieldMapping) -> Callable[[Any], Any]:
    reader = CellReader(field, mapped)
    readers: dict[str, Callable[[Any], Any]] = {
        "text": reader.text,
        "integer": reader.integer,
        "number": reader.number,
        "boolean": reader.boolean,
        "date": reader.date,
        "choice": reader.choice,
        "choices": reader.choices,
    }
    return readers[field.kind]


class CellReader:
    """Reads the non-empty cells of one field: a method for each kind of field.

    Raises:
        Unreadable: A cell is none of its kind.
    """

    def __init__(self, field: TargetField, mapped: FieldMapping) -> None:
        self._field, self._mapped = field, mapped
        self._codes = choice_index(field)
        if field.choices:
            self._codes |= {folded(k): v for k, v in mapped.values.items()}

    def text(self, cell: Any) -> str | None:
        text, most = str(cell).strip(), self._field.max_length
        text = self._mapped.values.get(text, text)
        if most and len(text) > most:
            raise Unreadable("long", limit=most)
        return text or None

    def number(self, cell: Any) -> float:
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                value = float(cell)
            else:
                value = parse_number(str(cell), self._mapped.decimal_comma)
        except (ValueError, OverflowError) as error:
            raise Unreadable("number", value=_shown(cell)) from error
        if self._field.minimum is not None and value < self._field.minimum:
            raise Unreadable("number", value=_shown(cell))
        return value

    def integer(self, cell: Any) -> int:
        value = self.number(cell)
        if not value.is_integer() or abs(value) > 2**31 - 1:
            raise Unreadable("integer", value=_shown(cell))
        return int(value)

    def boolean(self, cell: Any) -> bool:
        for word in (folded(_shown(cell)), _shown(cell)):
            if word in _MEANT:
                return _MEANT[word]
        raise Unreadable("boolean", value=_shown(cell))

    def date(self, cell: Any) -> dt.date:
        try:
            return parse_date(str(cell), self._mapped.date_format)
        except ValueError as error:
            shown = self._mapped.date_format or "2024-12-31"
            raise Unreadable("date", value=_shown(cell), format=shown) from error

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
