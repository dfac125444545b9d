"""Guess which column fills which field, by its name; what stands in it must fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.mapping import convert, dates, numbers
from safelane.exchange.mapping.headings import looks_like, name_score
from safelane.exchange.mapping.model import FieldMapping, Mapping, Target, TargetField
from safelane.exchange.mapping.names import folded, words_of
from safelane.exchange.mapping.own_export import foreign_to, own_columns
from safelane.exchange.mapping.position_columns import guess_geometry

_ENOUGH = 0.6
_GROUPED = 0.9
_GROUP = re.compile(r"(?:\d+_|(\w+)[-./](?:\w+[-./])*)(\w+)")
_FITS = 0.8
_TOLD = 12
_LOOK = 200
_SURE = 5  # letters
_BEGUN = 4
_WORDS = re.compile(r"\w+")
_NUMBER = re.compile(r"[-+]?[.,]?\d")
_DAY = re.compile(r"\d[-./ ]")
# Words of columns that name or only count: "ID", "№" (without a letter), "Task code".
_COUNTING = {"id", "no", "nr", "number", "code", "код", "номер", "kod", "nomre", "ລະຫັດ"}
Note = tuple[str, dict[str, Any]]


def guess_mapping(info: SourceInfo, sample: Batch, target: Target) -> Mapping:
    """Propose a mapping; each field carries how sure the guess is, and why.

    A field is filled only by a column that is called so. What else looks like a field
    or position becomes a note on the file.
    """
    own = own_columns(target, sample)  # none of which says where
    left = {n: cells for n, cells in sample.columns.items() if n not in own}
    place = guess_geometry(info, replace(sample, columns=left), target)
    taken = set(place.columns.values())
    columns = {n: v[:_LOOK] for n, v in sample.columns.items() if n not in taken}
    mapping = Mapping(target.name, geometry=place, layer=info.layer)
    others = {f.name: foreign_to(target, sample, f.name) for f in target.fields}
    found = _candidates(columns, target)
    ranked = [c for c in found if c[3] not in others[c[2].name]]
    ranked.sort(key=lambda c: -c[0])
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
    _guess_units(mapping, sample, target)
    used |= {*mapping.unit_columns.values()}
    if own:  # its columns and layers are known and need no word
        info.notes[:] = [note for note in info.notes if note[0] != "joined"]
    texts_of = {name: _texts(cells) for name, cells in columns.items()}
    rivals = [(field, column) for _, _, field, column in ranked if column not in used]
    info.notes += _rivals(rivals, mapping, texts_of)
    open_fields = [f for f in target.fields if f.name not in mapping.fields]
    used |= {*own, *(column for _field, column in rivals)}
    free = {n: texts for n, texts in texts_of.items() if n not in used}
    info.notes += [*_strange_units(free, open_fields), *_not_taken(free, open_fields)]
    info.notes += _other_names(free, mapping, target)
    return mapping


def _rivals(
    rivals: list[tuple[TargetField, str]], mapping: Mapping, texts: dict[str, list[str]]
) -> Iterator[Note]:
    """Yield a note for each field that other columns are called by, and say else."""
    left: dict[str, list[str]] = {}
    labels = {field.name: str(field.label) for field, _column in rivals}
    for column, field in {c: f for f, c in reversed(rivals)}.items():
        if field.kind == "text" and not field.required:
            continue
        if texts[column] not in ([], texts[mapping.fields[field.name].column]):
            left.setdefault(field.name, []).append(column)
    for name, columns in left.items():
        others = ", ".join(f"“{column}”" for column in columns)
        said = {"field": labels[name], "taken": mapping.fields[name].column}
        yield "several-columns", said | {"others": others, "open": columns}


def _other_names(
    columns: dict[str, list[str]], mapping: Mapping, target: Target
) -> Iterator[Note]:
    """Yield a note where a mere "ID" or "No" names records and others may name them.

    A running number begins with 1 in the next table, and would make one of two records.
    """
    for field in target.fields:
        taken = mapping.fields.get(field.name, FieldMapping()).column
        if field.is_name and taken and _COUNTING.issuperset(words_of(taken)):
            alike = [n for n in columns if columns[n] and _COUNTING & {*words_of(n)}]
            others = ", ".join(f"“{column}”" for column in alike[:_TOLD])
            said = {"field": str(field.label), "taken": taken, "others": others}
            if alike:
                yield "several-columns", said | {"open": alike}


def _not_taken(
    columns: dict[str, list[str]], fields: list[TargetField]
) -> Iterator[Note]:
    """Yield a note on all columns whose names or words are like those of a field."""
    alike = {
        column: field
        for column, texts in columns.items()
        for field in reversed(fields)
        if field.kind not in ("number", "integer")
        and (looks_like(column, field) or _holds(texts, field))
        and not numbers.speaks_of_units(column)
    }
    if alike:
        asked = {column: str(field.label) for column, field in alike.items()}
        yield "not-taken", {"columns": asked_words(asked), "open": asked}


def asked_words(asked: dict[str, str]) -> str:
    """Return columns, each with the field that it looks like; as many as one reads."""
    said = (f"“{column}” ({label})" for column, label in asked.items())
    return ", ".join(islice(said, _TOLD))


def _holds(texts: list[str], field: TargetField) -> bool:
    """Say whether what stands in a column could be meant for a field."""
    if field.kind == "date" and not (field.required and all(map(_DAY.search, texts))):
        return False
    is_told = field.kind in ("choice", "choices", "date")
    return is_told and bool(texts) and _fit(texts, field) > _FITS


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


def _guess_units(mapping: Mapping, sample: Batch, target: Target) -> None:
    """Say, once for all rows of a file, which columns tell the units of numbers."""
    columns, taken = sample.columns, mapping.used_columns
    for name, mapped in mapping.fields.items():
        field = target.by_name[name]
        mapped.unit_column = numbers.unit_column(mapped.column, field, columns, taken)


def _strange_units(
    columns: dict[str, list[str]], fields: list[TargetField]
) -> Iterator[Note]:
    """Yield a note for each column that is called as a number's field and more."""
    counted = [field for field in fields if field.kind in ("number", "integer")]
    for column, texts in columns.items():
        name, is_counted = folded(column), any(map(_NUMBER.match, texts))
        for field in counted if is_counted else ():
            names = numbers.called(field)
            if any(len(n) >= _BEGUN and name.startswith(n) for n in names):
                said = {"column": column, "field": str(field.label)}
                yield "strange-unit", said | {"open": [column]}
                break


def _texts(cells: list[Any]) -> list[str]:
    return [str(c).strip() for c in cells if c not in (None, "")]


def _candidates(
    columns: dict[str, list[Any]], target: Target
) -> Iterator[tuple[float, str, TargetField, str]]:
    bare = _behind_groups(columns)
    for column, cells in columns.items():
        texts = _texts(cells)
        for field in target.fields:
            score, reason = _score(column, texts, field)
            if not score and column in bare and (field.is_name or field.kind != "text"):
                score, reason = _score(bare[column], texts, field)
                score *= _GROUPED
            if score >= _ENOUGH:
                yield score, reason, field, column


def _behind_groups(columns: Iterable[str]) -> dict[str, str]:
    """Return what the columns of a form are called behind the group that most are in.

    As programs of forms write them: "hazard-status", "form.status", "3_Status". Their
    names of people are in groups as well, so that no mere text is taken by that.
    """
    matches = {name: _GROUP.fullmatch(name) for name in columns}
    found = {name: match for name, match in matches.items() if match}
    groups = Counter(match[1] or "" for match in found.values())
    return {
        name: match[2]
        for name, match in found.items()
        if 2 * groups[match[1] or ""] >= len(matches)
    }


def _score(column: str, texts: list[str], field: TargetField) -> tuple[float, str]:
    by_name, reason = name_score(column, field)
    # A column of the right name but with values that do not fit is doubtful.
    return by_name and by_name * (0.7 + 0.3 * _fit(texts, field)), reason


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

    Likeness is not enough: "uncleared" is very like "cleared". What could end something
    is left to a person: "cleaned" is not "cleared".
    """
    index = convert.choice_index(field)
    names = {
        name: choice.code
        for choice in field.choices
        for name in map(str, (choice.code, *choice.names))
    }
    exact = {choice.code for choice in field.choices if choice.exact}
    guessed: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        is_sure = folded(text) in index or convert.is_undecided(text)
        if is_sure or len(guessed) >= _LOOK:
            continue
        meant = {code for name, code in names.items() if _is_slip(text, name)}
        if len(meant) == 1 and not meant & exact:
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
