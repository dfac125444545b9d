"""Guess which column fills which field, by its name or by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.mapping import convert, dates, numbers
from safelane.exchange.mapping.model import FieldMapping, Mapping, Target, TargetField
from safelane.exchange.mapping.names import folded, likeness
from safelane.exchange.mapping.position_columns import guess_geometry

_ENOUGH = 0.6
_ALIKE = 0.82
_LOOK = 200
_SURE = 5  # letters
_BEGUN = 4
_WORDS = re.compile(r"\w+")
_NUMBER = re.compile(r"[-+]?[.,]?\d")


def guess_mapping(info: SourceInfo, sample: Batch, target: Target) -> Mapping:
    """Propose a mapping; each field carries how sure the guess is, and why.

    What looks like a field or position and is not taken becomes a note on the file.
    """
    place = guess_geometry(info, sample, target)
    taken = set(place.columns.values())
    columns = {n: v[:_LOOK] for n, v in sample.columns.items() if n not in taken}
    mapping = Mapping(target.name, geometry=place, layer=info.layer)
    ranked = sorted(_candidates(columns, target), key=lambda c: -c[0])
    used: set[str] = set()
    for score, reason, field, column in ranked:
        if field.name in mapping.fields or column in used:
            continue
        used.add(column)
        mapped = FieldMapping(column, confidence=round(score, 2), reason=reason)
        mapping.fields[field.name] = mapped
        texts = _texts(sample.columns[column])
        if field.kind == "date":
            mapped.date_format = dates.guess_date_format(texts)[0]
        elif field.kind in ("choice", "choices"):
            mapped.values = _guess_values(texts, field)
    _guess_commas(mapping, sample, target)
    open_fields = [f for f in target.fields if f.name not in mapping.fields]
    free = {n: _texts(v) for n, v in columns.items() if n not in used}
    info.notes += _strange_units(free, open_fields)
    return mapping


def _guess_commas(mapping: Mapping, sample: Batch, target: Target) -> None:
    """Say which numbers have decimal commas; "12,125" where others of the file do."""
    kinds = {field.name: field.kind for field in target.fields}
    found = {
        name: numbers.decimal_commas(_texts(sample.columns[mapped.column]))
        for name, mapped in mapping.fields.items()
        if kinds[name] in ("number", "integer")
    }
    place = mapping.geometry
    angles = [place.columns[role] for role in ("lat", "lon") if role in place.columns]
    typed = " ".join(t for c in angles for t in _texts(sample.columns[c]))
    is_usual = ("," in typed and "." not in typed) or any(n > 0 for n in found.values())
    is_usual &= all(n >= 0 for n in found.values())
    for name, commas in found.items():
        is_open = commas == 0 and kinds[name] == "number"
        mapping.fields[name].decimal_comma = commas > 0 or (is_open and is_usual)


def _strange_units(
    columns: dict[str, list[str]], fields: list[TargetField]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a note for each column that is called as a number's field and more."""
    counted = [field for field in fields if field.kind in ("number", "integer")]
    for column, texts in columns.items():
        name, is_counted = folded(column), any(map(_NUMBER.match, texts))
        for field in counted if is_counted else ():
            names = numbers.called(field)
            if any(len(n) >= _BEGUN and name.startswith(n) for n in names):
                said = {"column": column, "field": str(field.label)}
                yield "strange-unit", said
                break


def _texts(cells: list[Any]) -> list[str]:
    return [str(c).strip() for c in cells if c not in (None, "")]


def _candidates(
    columns: dict[str, list[Any]], target: Target
) -> Iterator[tuple[float, str, TargetField, str]]:
    for column, cells in columns.items():
        texts = _texts(cells)
        for field in target.fields:
            score, reason = _score(column, texts, field)
            if score >= _ENOUGH:
                yield score, reason, field, column


def _score(column: str, texts: list[str], field: TargetField) -> tuple[float, str]:
    by_name, reason = _name_score(column, field)
    fit = _fit(texts, field)
    if by_name >= _ENOUGH:
        # A column of the right name but with values that do not fit is doubtful.
        return by_name * (0.7 + 0.3 * fit), reason
    if field.kind in ("choice", "choices") and fit > 0.8 and len(set(texts)) > 1:
        return 0.6 + 0.1 * fit, "values"
    return 0.0, ""


def _name_score(column: str, field: TargetField) -> tuple[float, str]:
    if folded(column) == folded(field.name):
        return 1.0, "name"
    names = [str(field.label), *field.synonyms]
    if field.kind in ("number", "integer"):  # "area no" is like "area" and is no area
        return (
            (0.0, "") if numbers.unit_in(column, field) is None else (0.95, "synonym")
        )
    if folded(column) in {folded(n) for n in names}:
        return 0.95, "synonym"
    best = max(likeness(column, name) for name in [field.name, *names])
    return (0.85 * best, "similar") if best >= _ALIKE else (0.0, "")


def _fit(texts: list[str], field: TargetField) -> float:
    """Return the share of the values that the field could take."""
    if not texts:
        return 0.5
    if field.kind in ("choice", "choices"):
        index = convert.choice_index(field)
        return sum(folded(t) in index for t in texts) / len(texts)
    if field.kind in ("number", "integer"):  # whatever unit it is in
        return sum(bool(_NUMBER.match(t)) for t in texts) / len(texts)
    if field.kind == "date":
        return dates.guess_date_format(texts)[1]
    return 1.0


def _guess_values(texts: list[str], field: TargetField) -> dict[str, str]:
    """Return words that are a known name but for a slip of the pen.

    Likeness is not enough: "uncleared" is very like "cleared".
    """
    index = convert.choice_index(field)
    names = {
        name: choice.code
        for choice in field.choices
        for name in map(str, (choice.code, *choice.names))
    }
    guessed: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        if folded(text) in index or len(guessed) >= _LOOK:
            continue
        meant = {code for name, code in names.items() if _is_slip(text, name)}
        if len(meant) == 1:
            guessed[text] = meant.pop()
    return guessed


def _is_slip(text: str, name: str) -> bool:
    """Say whether a text is a name with one wrong letter, not the first, in one word.

    A word of fewer than five letters must stand as it is.
    """
    one, other = _WORDS.findall(text.casefold()), _WORDS.findall(name.casefold())
    if len(one) != len(other):
        return False
    unlike = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(unlike) == 1 and _differ_by_a_letter(*unlike[0])


def _differ_by_a_letter(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < _SURE or short[0] != long[0] or len(long) - len(short) > 1:
        return False
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(short) == len(long):
        swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped == long
    return short[at:] == long[at + 1 :]
