"""Numbers as people write them, and the units of cells and columns."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from safelane.exchange.mapping.model import TargetField
from safelane.exchange.mapping.names import folded, words_of

Columns = Mapping[str, Sequence[Any]]

# What is measured and how large one of it is -> the names that it goes by.
_WRITTEN = {
    ("m2", "1"): "m2 sqm sqmt sqmeter sqmeters sqmetre sqmetres squaremeter "
    "squaremeters squaremetre squaremetres м2 квм квметр квметров квадратныхметров kvm "
    "kvmetr kvadratmetr ຕາແມັດ ຕາລາງແມັດ ຕລມ ตรม ตารางเมตร métvuông ម៉ែត្រការ៉េ",
    ("m2", "10000"): "ha hecta hectar hectare hectares га гектар гектара гектаров "
    "гектары hektar ຮຕ ເຮັກຕາ ເຮັກຕ້າ เฮกตาร์ เฮคตาร์ ហិកតា ហិចតា",
    ("m2", "1000000"): "km2 sqkm sqkilometer sqkilometers sqkilometre sqkilometres "
    "squarekilometer squarekilometers squarekilometre squarekilometres км2 квкм kvkm "
    "ກມ2 ຕາລາງກິໂລແມັດ ตรกม ตารางกิโลเมตร",
    ("m2", "1600"): "rai ໄຮ່ ไร่",
    ("m2", "400"): "ngan ງານ งาน",
    ("m2", "4"): "wah2 wa2 sqwah sqwa squarewah tarangwah tarangwa ຕາລາງວາ ตรว ตารางวา",
    ("m2", "4046.8564224"): "ac acre acres акр акра акров",
    ("m2", "1000"): "dunam dunams dunum dunums donum dönüm",
    ("m2", "100"): "ar are ares ар сотка соток",
    ("m2", "0.09290304"): "sqft sqfoot sqfeet squarefoot squarefeet ft2",
    ("m2", "0.83612736"): "sqyd sqyard sqyards squareyard squareyards yd2",
    ("m2", "2589988.110336"): "sqmi sqmile sqmiles squaremile squaremiles mi2",
    ("m", "0.001"): "mm мм millimetre millimetres millimeter millimeters",
    ("m", "0.01"): "cm см sm centimetre centimetres centimeter centimeters ຊມ ซม",
    ("m", "1"): "m м metre metres meter meters метр метров ແມັດ เมตร",
    ("m", "1000"): "km км kilometre kilometres kilometer kilometers ກມ กม",
    ("m", "0.3048"): "ft foot feet фут футов",
    ("m", "0.9144"): "yd yard yards",
    ("m", "0.0254"): "inch inches",
    ("m", "1609.344"): "mi mile miles",
    ("percent", "1"): "percent",
}
_UNITS = {
    folded(name): (kind, Decimal(size))
    for (kind, size), names in _WRITTEN.items()
    for name in names.split()
}
_UNIT = set(
    map(
        folded,
        [
            "unit",
            "units",
            "uom",
            "единица",
            "единицы",
            "ед",
            "vahid",
            "vahidi",
            "ຫົວໜ່ວຍ",
            "หน่วย",
        ],
    )
)
_IDLE = {"of", "in", "the", "измерения"}
_ALONE = 4_000  # what is smaller stands beside others: a rai, two ngan and 50 wah
_SIGNS = str.maketrans({"²": "2", "%": "percent"})
_LONGEST_NUMBER = 100
_NUMBER_AND_UNIT = re.compile(
    r"\s*([-+]?(?:[\d.,]|(?<=\d)[\s'’_](?=\d))+?(?:[eE][-+]?\d{1,3})?)"
    r"\s*([^\d\s.,'’_+-].*)?",
    re.S,
)
_SPACES = re.compile(r"[\s'’_]")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"[-+]?\d{1,3}([ .\u00a0\u202f]?\d{3})*,\d+")
# No number has a nought before its thousands: 0,125 is an eighth.
_THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?\s*")
_POINTED = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?")
DOUBTFUL = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_IN_BRACKETS = re.compile(r"[(\[].+[)\]]\s*$")


def is_grouped(text: str) -> bool:
    """Say whether commas part the thousands of a number, as in 345,678."""
    return bool(_THOUSANDS.fullmatch(text))


def _key(text: str) -> str:
    return folded(text.translate(_SIGNS))


def called(field: TargetField) -> list[str]:
    """Return the folded names of a field, longest first, also without its unit."""
    names = {_key(str(n)) for n in (field.name, field.label, *field.synonyms)}
    bare = {n.removesuffix(_key(field.unit)) for n in names if field.unit}
    return sorted({*names, *bare} - {""}, key=len, reverse=True)


def unit_in(column: str, field: TargetField) -> str | None:
    """Return the unit that a column of the field's name is in; "" where it says none.

    None: it is called otherwise, or is in a unit that is not known or does not fit.
    """
    name, names = _key(column), called(field)
    if name in names:
        return ""
    if field.unit == "m2" and name in _UNITS and len(name) > 2:
        kind, size = _UNITS[name]
        return name if kind == "m2" and size >= _ALONE else None
    for rest in (name[len(n) :] for n in names if field.unit and name.startswith(n)):
        for unit in (rest, rest.removeprefix("in")):
            if unit in _UNITS and _UNITS[unit][0] == _kind(field.unit):
                return unit
    return None


def unit_of(column: str, field: TargetField) -> str:
    """Return the unit that a column's name ends with, as in "Depth (m)", or ""."""
    words = words_of(column.translate(_SIGNS))
    tails = ("".join(words[-count:]) for count in (3, 2, 1) if count < len(words))
    return unit_in(column, field) or next((t for t in tails if t in _UNITS), "")


def has_strange_unit(column: str, field: TargetField) -> bool:
    """Say whether a column's name ends with something in brackets that is no unit."""
    is_unsaid = unit_in(column, field) is None and not unit_of(column, field)
    return bool(field.unit and is_unsaid and _IN_BRACKETS.search(column))


def unit_column(
    column: str, field: TargetField, columns: Columns, taken: Collection[str] = ()
) -> str:
    """Return the column that says the unit of each number of a column; "" for none.

    It is called like it with "unit" beside; or it stands right of it, is called by
    words for units, and holds units: teams are called "Unit" too. A column whose name
    says its own unit has none.

    Args:
        taken: The columns that say something else.
    """
    if not field.unit or unit_of(column, field):
        return ""
    own = set(words_of(column)) - _IDLE
    for name in columns:
        words = set(words_of(name)) - _IDLE
        is_named = name != column and words & _UNIT and words - _UNIT == own
        if is_named and name not in taken:
            return name
    other = right_of(column, columns)
    is_called = speaks_of_units(other) or _UNITS.keys() >= {*words_of(other)}
    is_free = bool(other) and other not in taken and is_called
    return other if is_free and holds_units(other, field, columns) else ""


def right_of(column: str, columns: Columns) -> str:
    """Return the column right of another; "" where that is the last or not there."""
    return dict(pairwise(columns)).get(column, "")


def speaks_of_units(column: str) -> bool:
    """Say whether a column's name has the word "unit" among others."""
    return not _UNIT.isdisjoint(words_of(column))


def is_called_unit(column: str) -> bool:
    """Say whether a column is called "Unit" and nothing more."""
    words = set(words_of(column)) - _IDLE
    return bool(words) and words <= _UNIT


def holds_units(column: str, field: TargetField, columns: Columns) -> bool:
    """Say whether a column holds units of a field: one is enough under "Unit".

    Under another name half of its cells must be such.
    """
    given = [cell for cell in columns[column] if cell not in (None, "")]
    units = [_UNITS[_key(str(cell))][0] for cell in given if _is_unit(cell)]
    if is_called_unit(column):
        return bool(units)
    kinds = units.count(_kind(_key(field.unit)))
    return bool(given) and 2 * kinds >= len(given)


def are_all_in(unit: str, column: str, columns: Columns) -> bool:
    """Say whether no cell of a column says another unit than this one."""
    said = {_key(str(cell)) for cell in columns[column] if _is_unit(cell)}
    return {_UNITS[name] for name in said} == {_UNITS[_key(unit)]}


def _is_unit(cell: Any) -> bool:
    return cell is not None and _key(str(cell)) in _UNITS


def with_units(cells: list[Any], units: list[Any], decimal_comma: bool) -> list[Any]:
    """Return numbers with the unit of their row behind them, as one text each.

    What is no unit stands in brackets, so that it is at fault and joins no number.
    """
    mark = "," if decimal_comma else "."
    told = []
    for cell, unit in zip(cells, units, strict=True):
        is_open = unit is None or not str(unit).strip()
        if is_open or not any(map(str.isdigit, str(cell))):  # as in "N/A"
            told.append(cell)
            continue
        number = cell if isinstance(cell, str) else repr(cell).replace(".", mark, 1)
        told.append(f"{number} {unit}" if _is_unit(unit) else f"{number} [{unit}]")
    return told


def _kind(unit: str) -> str:
    return _UNITS[unit][0] if unit else ""


def in_unit(value: Decimal, found: str, wanted: str) -> Decimal:
    """Return a number of the unit ``found`` in the unit ``wanted``; "" has none.

    Raises:
        ValueError: The one measures something else than the other.
    """
    if not found:
        return value
    if _kind(found) != _kind(wanted):
        raise ValueError(f"{found} is not {wanted}")
    return value * _UNITS[found][1] / _UNITS[wanted][1]


def _parts(text: str) -> tuple[str, str]:
    """Return the number of a text without spaces, and the unit behind it.

    Raises:
        ValueError: It does not begin with a number, or what is behind it is no unit.
    """
    short = text[: _LONGEST_NUMBER + 1]  # before any pattern looks for an end
    match = _NUMBER_AND_UNIT.fullmatch(short)
    unit = _key(match[2] or "") if match else ""
    is_known = match and (unit in _UNITS or not match[2])
    if match is None or not is_known or len(text) > _LONGEST_NUMBER:
        raise ValueError(short)
    return _SPACES.sub("", match[1]), unit


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
    bare, found = _parts(text.strip())
    if decimal_comma:
        parted = bare.replace(".", "") if _POINTED.fullmatch(bare) else bare
        bare = parted.replace(",", ".")
    elif is_grouped(bare):
        bare = bare.replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    value = float(in_unit(Decimal(bare), found or column_unit, unit))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _numbers(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        match = _NUMBER_AND_UNIT.fullmatch(text[:_LONGEST_NUMBER])
        if match:
            yield match[1].strip()


def decimal_commas(texts: Iterable[str]) -> int:
    """Return by how many a column's numbers with decimal commas outweigh the others.

    "1,500" and "1.500" show nothing; "1,5", "0,125", "1.500,25" and "1.500.000" do.
    """
    values = [v for v in _numbers(texts) if not DOUBTFUL.fullmatch(v)]
    by_comma = [
        bool(_COMMA.fullmatch(v)) and not is_grouped(v) or v.count(".") > 1
        for v in values
    ]
    others = zip(values, by_comma, strict=True)
    return sum(by_comma) - sum("." in value for value, is_it in others if not is_it)


def is_doubtful(text: str) -> bool:
    """Say whether a number's one point or comma may part thousands or decimals."""
    return any(map(DOUBTFUL.fullmatch, _numbers([text])))
