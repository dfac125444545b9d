"""Turn the cells of one column into values of one field, or into faults."""

from __future__ import annotations

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


Convert = Callable[[Any], Any]


def convert_column(
    cells: list[Any], rows: list[int], field: TargetField, mapped: FieldMapping
) -> tuple[list[Any], list[RowFault]]:
    """Return one value per cell (None where empty) and the faults.

    The same text is read once, however often it stands in the column.
    """
    convert = converter(field, mapped)
    keys = list(zip(map(type, cells), cells, strict=True))
    known = {key: _attempt(convert, key[1]) for key in dict.fromkeys(keys)}
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


def _attempt(convert: Convert, cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return convert(cell)
    except Unreadable as error:
        return error


def converter(field: TargetField, mapped: FieldMapping) -> Convert:
    """Return the function that reads one non-empty cell for this field."""
    if field.kind in ("choice", "choices"):
        return _choice_converter(field, mapped)
    makers: dict[str, Callable[[TargetField, FieldMapping], Convert]] = {
        "text": _text_converter,
        "integer": _integer_converter,
        "number": _number_converter,
        "boolean": lambda *_: _read_boolean,
        "date": _date_converter,
    }
    return makers[field.kind](field, mapped)


def _shown(cell: Any) -> str:
    return str(cell).strip()[:80]


def _text_converter(field: TargetField, mapped: FieldMapping) -> Convert:
    def read(cell: Any) -> str | None:
        text = str(cell).strip()
        text = mapped.values.get(text, text)
        if field.max_length and len(text) > field.max_length:
            raise Unreadable("long", limit=field.max_length)
        return text or None

    return read


def _number(cell: Any, mapped: FieldMapping, field: TargetField) -> float:
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value = float(cell)
        else:
            value = parse_number(str(cell), mapped.decimal_comma)
    except (ValueError, OverflowError) as error:
        raise Unreadable("number", value=_shown(cell)) from error
    if field.minimum is not None and value < field.minimum:
        raise Unreadable("number", value=_shown(cell))
    return value


def _number_converter(field: TargetField, mapped: FieldMapping) -> Convert:
    return lambda cell: _number(cell, mapped, field)


def _integer_converter(field: TargetField, mapped: FieldMapping) -> Convert:
    def read(cell: Any) -> int:
        value = _number(cell, mapped, field)
        if not value.is_integer() or abs(value) > 2**31 - 1:
            raise Unreadable("integer", value=_shown(cell))
        return int(value)

    return read


def _read_boolean(cell: Any) -> bool:
    for word in (folded(_shown(cell)), _shown(cell)):
        if word in _MEANT:
            return _MEANT[word]
    raise Unreadable("boolean", value=_shown(cell))


def _date_converter(field: TargetField, mapped: FieldMapping) -> Convert:
    def read(cell: Any) -> Any:
        try:
            return parse_date(str(cell), mapped.date_format)
        except ValueError as error:
            shown = mapped.date_format or "2024-12-31"
            raise Unreadable("date", value=_shown(cell), format=shown) from error

    return read


def _choice_converter(field: TargetField, mapped: FieldMapping) -> Convert:
    codes = choice_index(field)
    chosen = {folded(k): v for k, v in mapped.values.items()}

    def one(text: str) -> str | None:
        key = folded(text)
        code = chosen.get(key, codes.get(key))
        if code is None:
            raise Unreadable("choice", value=text[:80])
        return code or None

    def several(cell: Any) -> list[str] | None:
        parts = [part for part in _SEVERAL.split(str(cell).strip()) if part]
        found = dict.fromkeys(code for part in parts if (code := one(part)))
        return list(found) or None

    if field.kind == "choices":
        return several
    return lambda cell: one(str(cell).strip())


def choice_index(field: TargetField) -> dict[str, str]:
    """Return every folded name of every choice -> its code."""
    index: dict[str, str] = {}
    for choice in field.choices:
        for name in (choice.code, *choice.names):
            index.setdefault(folded(str(name)), choice.code)
    return index
