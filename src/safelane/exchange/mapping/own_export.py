"""Our own exports brought back: which record each row is, and how exactly it is placed.

Two columns tell such a file: keys of records, and how exact each position is. Another
program may well call columns so, but it does not write into both what we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

from safelane.core.scope import Precision
from safelane.exchange.files.errors import RowFault
from safelane.exchange.files.reading import Batch
from safelane.exchange.mapping.model import Target

_LEVELS = frozenset(level.name.lower() for level in Precision)
_FOLDER = "folder"  # in KML, which says what kind of record it holds
_EMPTY = (None, "")
_EXACT = Precision.EXACT.name.lower()

REASONS = gettext_lazy("Safelane: what is wrong")


def reason_columns(names: Iterable[str]) -> list[str]:
    """Return the columns that hold reasons of ours, in whatever language."""
    called = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            called.add(str(REASONS))
    return [name for name in names if name.strip() in called]


def own_columns(target: Target, batch: Batch) -> frozenset[str]:
    """Return what the columns of an own export are called; of other files nothing."""
    if not keys_of(target, batch):
        return frozenset()
    return frozenset({_FOLDER}).union(*target.exported)


def foreign_to(target: Target, batch: Batch, field: str) -> frozenset[str]:
    """Return the columns of an own export that hold another fact than a field.

    A size that was computed is not one that somebody states, however alike the names.
    """
    home = next((names for names in target.exported if field in names), None)
    return frozenset() if home is None else own_columns(target, batch) - home


def keys_of(target: Target, batch: Batch) -> dict[int, UUID]:
    """Return the key of the record in each row of an own export that has one, by row.

    Rows that somebody added to it have none.
    """
    keys, told = _cells("uid", target, batch), _cells("precision", target, batch)
    levels = {str(said) for said in told if said not in _EMPTY}
    if not levels or not _LEVELS.issuperset(levels):
        return {}
    try:
        pairs = zip(batch.rows, keys, strict=False)
        return {row: UUID(str(key)) for row, key in pairs if key not in _EMPTY}
    except ValueError:
        return {}


def coarse_rows(target: Target, batch: Batch) -> list[RowFault]:
    """Return the rows of an own export whose place was not open to who exported it.

    What stands there is a cell of a grid, or nothing: never where the record lies.
    """
    keys = keys_of(target, batch)
    if not keys:
        return []
    told = zip(batch.rows, _cells("precision", target, batch), strict=True)
    return [
        RowFault(row, "place-coarse")
        for row, said in told
        if said != _EXACT and (row in keys or said not in _EMPTY)
    ]


def _cells(name: str, target: Target, batch: Batch) -> Sequence[Any]:
    called = next((names for names in target.exported if name in names), frozenset())
    return next((c for n, c in batch.columns.items() if n in called), ())
