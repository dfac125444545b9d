"""Whether a column is called as a field is: whole, or with words that say no more.

A name that says more, such as "Date cleared" or "Name of surveyor", means something
else: it only looks like the field.
"""

from __future__ import annotations

import re
from functools import lru_cache

from safelane.exchange.mapping import convert, numbers
from safelane.exchange.mapping.model import TargetField
from safelane.exchange.mapping.names import folded, likeness, words_of

_ALIKE = 0.82
_CUT = 10  # letters that a Shapefile leaves of a name
_RANK = 0.002  # between one name of a field and the next
_IDLE = frozenset({"of", "the"})
_DAYS = _IDLE | {"dd", "mm", "yy", "yyyy", "ddmmyyyy", "mmddyyyy", "yyyymmdd", "dmy"}
_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_COUNTED = re.compile(r"\s*(number|no\.?|nr\.?)\s+of\b", re.I)
_NUMBERED = re.compile(r"\s*\d+\s*[.)]\s*(?=\D)")  # as questions of a form are


def name_score(column: str, field: TargetField) -> tuple[float, str]:
    """Return how surely a column is called as a field is, and why; 0: otherwise.

    The earlier of a field's names counts for more, and a program's own name, which
    begins with "_", for less.
    """
    whole = _whole(column)
    if whole == _whole(field.name):
        return 1.0, "name"
    if field.kind in ("number", "integer"):
        is_called = numbers.unit_in(column, field) is not None
        return (0.95, "synonym") if is_called else (0.0, "")
    names, words = _names(field), _words(column, field)
    own = _RANK * (10 * column.startswith("_"))
    for rank, name in enumerate(names):
        if whole == _whole(name):
            return 0.97 - _RANK * rank - own, "synonym"
    for rank, name in enumerate(names):
        if words == _words(name, field):
            return 0.96 - _RANK * rank - own, "words"
    cut = [n[:_CUT].casefold() for n in (field.name, *field.synonyms) if len(n) > _CUT]
    if column.casefold() in cut:
        return 0.8, "cut"
    return 0.0, ""


def looks_like(column: str, field: TargetField) -> bool:
    """Say whether a column's name is like a field's, or has it among its words."""
    least = 2 if field.required else 4
    words = {*words_of(column)}
    return any(
        likeness(column, name) >= _ALIKE
        or (len(folded(name)) >= least and {*_words(name, field)} <= words)
        for name in _names(field)
    )


def _names(field: TargetField) -> tuple[str, ...]:
    return (field.name, str(field.label), *field.synonyms)


def _whole(name: str) -> str:
    return folded(name) or name.strip()  # "№"


def _words(name: str, field: TargetField) -> tuple[str, ...]:
    """Return the words of a name by their letters, but for those that say nothing.

    These are the number of a question, the manner in which days are written, and the
    answers of a field in brackets. The number of somethings is none of its names.
    """
    idle = _DAYS if field.kind == "date" else _IDLE
    if _COUNTED.match(name):
        return (_whole(name),)

    def told(match: re.Match[str]) -> str:
        known = {*idle, *convert.choice_index(field)}
        return " " if {*words_of(match[1])} <= known else match[0]

    return _bag(_ASIDE.sub(told, name), idle)


@lru_cache(maxsize=20_000)
def _bag(text: str, idle: frozenset[str]) -> tuple[str, ...]:
    said = words_of(_NUMBERED.sub("", text))
    words = sorted(word for word in said if word not in idle)
    return tuple(words) or (_whole(text),)
