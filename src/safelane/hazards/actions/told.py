"""What the rows of a large import state, column by column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safelane.core.bulk.columns import Json, Same
from safelane.core.history.bulk import UNSAID, canonical_rows
from safelane.core.review.groups import is_stated
from safelane.core.review.models import default_of
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardReport

__all__ = ["Told", "is_stated"]

Mask = NDArray[np.bool_]
Columns = dict[str, Any]


class Told:
    """Which facts each row states, and the texts made of them.

    Args:
        facts: Every fact as a column, the areas measured and shapes in an array.
    """

    def __init__(self, facts: Columns, inputs: Sequence[ReportInput]) -> None:
        self._inputs = inputs
        self._columns = {
            name: column
            for name in FACT_FIELDS
            if not isinstance(column := facts[name], Same) or is_stated(column.value)
        }
        self._stated: dict[str, Mask] = {
            name: np.fromiter(map(is_stated, column), dtype=bool, count=len(inputs))
            for name, column in self._columns.items()
        }

    def held(self, facts: Columns) -> Columns:
        """Return the facts that hold after one report: no follower without leader."""
        held = dict(facts)
        for leader, followers in FACT_GROUPS.items():
            for i in np.flatnonzero(~self._leads(leader)):
                for name in followers:
                    if name not in self._columns:
                        continue
                    if held[name] is facts[name]:
                        held[name] = list(facts[name])
                    held[name][i] = default_of(HazardReport, name)
        return held

    def sources(self, reports: Sequence[int]) -> list[Json]:
        """Return, per row, which report each fact that holds comes from: its own."""
        masks = dict(self._stated)
        for leader, followers in FACT_GROUPS.items():
            for name in followers:
                if name in masks:
                    masks[name] = masks[name] & self._leads(leader)
        names = list(masks)
        patterns, which = _patterns(list(masks.values()))
        texts = [
            json.dumps({n: "%" for n, said in zip(names, row, strict=True) if said})
            for row in patterns.tolist()
        ]
        return [
            Json(texts[i].replace('"%"', str(key)))
            for i, key in zip(which.tolist(), reports, strict=True)
        ]

    def canonical(self, shapes: list[str | None], *, batch: str) -> list[str]:
        """Return, per row, what its report says, as canonical JSON for the history.

        Args:
            shapes: Geometries as WKB in hexadecimal.
        """
        count = len(self._inputs)
        said: Columns = {
            "reference": [item.reference for item in self._inputs],
            "date_of_information": [i.date_of_information for i in self._inputs],
            "batch": Same(batch, count),
        }
        for name, column in self._columns.items():
            if name == "geometry":
                said[name] = [UNSAID if s is None else s for s in shapes]
                continue
            mask = self._stated[name]
            said[name] = column if mask.all() else _without(column, ~mask)
        return canonical_rows(said)

    def _leads(self, leader: str) -> Mask:
        none: Mask = np.zeros(len(self._inputs), dtype=bool)
        return self._stated.get(leader, none)


def _without(column: Any, left_out: Mask) -> list[Any]:
    values = list(column)
    for i in np.flatnonzero(left_out):
        values[i] = UNSAID
    return values


def _patterns(masks: list[Mask]) -> tuple[Any, Any]:
    """Return the different combinations, and which of them each row is."""
    bits = np.stack(masks, axis=1)
    numbers = bits @ (1 << np.arange(len(masks), dtype=np.int64))
    _numbers, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return bits[first], which
