"""What the rows of a large import state, as columns that are ready to be written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from safelane.core.bulk.columns import Json, Same, Shapes
from safelane.core.errors import InvalidInput
from safelane.core.geo.areas import areas_m2
from safelane.core.history.bulk import UNSAID, canonical_rows
from safelane.core.review.errors import UnknownFact
from safelane.core.review.groups import is_stated, refuse_loose_facts
from safelane.core.review.models import default_of
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardReport

Columns = dict[str, Any]
Mask = NDArray[np.bool_]


class FactColumns:
    """Rows of which each registers a new area, measured; codes are not looked up yet.

    Nothing here asks the database, so that it can be done before the transaction that
    writes the rows.

    Args:
        batch: Key of the import that all rows carry.

    Attributes:
        facts: Every fact as a column.
        held: The facts that hold after each report.
        canonical: What each report says, as canonical JSON for the history.

    Raises:
        UnknownFact, LooseFact, InvalidGeometry: A row cannot stand.
    """

    def __init__(self, inputs: Sequence[ReportInput], batch: str) -> None:
        self.inputs = list(inputs)
        self.facts = facts = _facts(self.inputs)
        named = ("reference", "external_id")
        _refuse_long({n: [getattr(i, n) for i in self.inputs] for n in named})
        shapes = np.array(list(facts["geometry"]), dtype=object)
        facts["geometry"] = shapes
        facts["area_m2"] = [None if a != a else a for a in areas_m2(shapes).tolist()]
        self._said = _Said(facts, self.inputs)
        self.shapes = facts["geometry"] = Shapes(shapes)
        self.shapes.make_ready(connection.vendor)
        self.held = self._said.held(facts)
        self.canonical = self._said.canonical(self.shapes.digits, batch=batch)

    def sources(self, reports: Sequence[int]) -> list[Json]:
        """Return, per row, which report each fact that holds comes from: its own."""
        return self._said.sources(reports)

    def is_of(self, inputs: Sequence[ReportInput]) -> bool:
        """Say whether these are the very rows, so that nothing else is written."""
        pairs = zip(self.inputs, inputs, strict=False)
        return len(self.inputs) == len(inputs) and all(a is b for a, b in pairs)


def _facts(inputs: Sequence[ReportInput]) -> Columns:
    """Return every fact as a column, with the model's default where unstated."""
    stated = {name for item in inputs for name in item.facts}
    unknown = stated - set(FACT_FIELDS) | stated & {"area_m2"}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": names})
    columns: Columns = {}
    for name in FACT_FIELDS:
        default = default_of(HazardReport, name)
        if name in stated:
            columns[name] = [item.facts.get(name, default) for item in inputs]
        else:
            columns[name] = Same(default, len(inputs))
    _refuse_loose(inputs, stated)
    _refuse_long(columns)
    return columns


def _refuse_long(columns: Columns) -> None:
    """Refuse text that its column cannot hold, as for a single report."""
    for name, column in columns.items():
        field: Any = HazardReport._meta.get_field(name)
        most = field.max_length if isinstance(field, models.CharField) else None
        if most is None or isinstance(column, Same):
            continue
        long = max(column, key=len, default="")
        if len(long) > most:
            message = _("“%(text)s…” is longer than %(most)s characters.")
            said = {"text": long[:40], "most": most}
            raise InvalidInput(message % said, field=name)


def _refuse_loose(inputs: Sequence[ReportInput], stated: set[str]) -> None:
    """Look closely only at rows that leave a leading fact out."""
    for leader, names in FACT_GROUPS.items():
        if stated.isdisjoint(names):
            continue
        for item in inputs:
            if not is_stated(item.facts.get(leader)):
                refuse_loose_facts(HazardReport, item.facts, (), {leader: names})


class _Said:
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
