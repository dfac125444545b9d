"""Guess which column fills which field: by name, by likeness, by what stands in it."""

from __future__ import annotations

from typing import Any

from safelane.exchange.files.tables import Batch, SourceInfo
from safelane.exchange.mapping.convert import choice_index
from safelane.exchange.mapping.dates import guess_date_format
from safelane.exchange.mapping.guessplaces import guess_geometry
from safelane.exchange.mapping.model import FieldMapping, Mapping
from safelane.exchange.mapping.names import folded, likeness
from safelane.exchange.mapping.numbers import guess_decimal_comma, is_number
from safelane.exchange.mapping.targets import Target, TargetField

_ENOUGH = 0.6
_ALIKE = 0.82
_LOOK = 200


def guess_mapping(info: SourceInfo, sample: Batch, target: Target) -> Mapping:
    """Propose a mapping; each field carries how sure the guess is, and why."""
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
        mapping.fields[field.name] = _details(
            field, column, columns[column], round(score, 2), reason
        )
    return mapping


def _candidates(
    columns: dict[str, list[Any]], target: Target
) -> list[tuple[float, str, TargetField, str]]:
    found = []
    for column, cells in columns.items():
        texts = [str(c).strip() for c in cells if c not in (None, "")]
        for field in target.fields:
            score, reason = _score(column, texts, field)
            if score >= _ENOUGH:
                found.append((score, reason, field, column))
    return found


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
    if folded(column) in {folded(n) for n in names}:
        return 0.95, "synonym"
    best = max(likeness(column, name) for name in [field.name, *names])
    return (0.85 * best, "similar") if best >= _ALIKE else (0.0, "")


def _fit(texts: list[str], field: TargetField) -> float:
    """Return the share of the values that the field could take."""
    if not texts:
        return 0.5
    if field.kind in ("choice", "choices"):
        index = choice_index(field)
        return sum(folded(t) in index for t in texts) / len(texts)
    if field.kind in ("number", "integer"):
        return sum(is_number(t) for t in texts) / len(texts)
    if field.kind == "date":
        return guess_date_format(texts)[1]
    return 1.0


def _details(
    field: TargetField, column: str, cells: list[Any], score: float, reason: str
) -> FieldMapping:
    texts = [str(c).strip() for c in cells if c not in (None, "")]
    mapped = FieldMapping(column=column, confidence=score, reason=reason)
    if field.kind == "date":
        mapped.date_format = guess_date_format(texts)[0]
    elif field.kind in ("number", "integer"):
        mapped.decimal_comma = guess_decimal_comma(texts)
    elif field.kind in ("choice", "choices"):
        mapped.values = _guess_values(texts, field)
    return mapped


def _guess_values(texts: list[str], field: TargetField) -> dict[str, str]:
    """Return words that are no known name but very like one."""
    index = choice_index(field)
    guessed: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        if folded(text) in index or len(guessed) >= _LOOK:
            continue
        name, score = _closest(text, index)
        if score >= _ALIKE:
            guessed[text] = index[name]
    return guessed


def _closest(text: str, index: dict[str, str]) -> tuple[str, float]:
    scored = [(likeness(text, name), name) for name in index]
    score, name = max(scored, default=(0.0, ""))
    return name, score
