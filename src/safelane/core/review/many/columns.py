"""What the rows of a large import state, as columns that are ready to be written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from safelane.core.bulk.columns import Json, Same, Shapes, new_uids, with_dashes
from safelane.core.errors import InvalidInput
from safelane.core.facts import facts_of
from safelane.core.history.bulk import UNSAID, as_json, canonical_rows
from safelane.core.review.errors import UnknownFact
from safelane.core.review.groups import is_stated, refuse_loose_facts
from safelane.core.review.kind import Claims, ReportKind
from safelane.core.review.models import default_of, fact_names

Columns = dict[str, Any]
Mask = NDArray[np.bool_]


class FactColumns:
    """Rows of which each registers a new area, measured; codes are not looked up yet.

    Nothing here asks the database, so that it can be done before the transaction that
    writes the rows.

    Args:
        batch: Key of the import that all rows carry.
        measure: What follows from the geometries: fact -> value of each row.

    Attributes:
        facts: Every fact as a column.
        held: The facts that hold after each report.
        uids: Those of the areas.
        canonical: What each report says, as canonical JSON for the history.

    Raises:
        UnknownFact, LooseFact, InvalidGeometry: A row cannot stand.
    """

    def __init__(
        self,
        kind: ReportKind[Any, Any],
        inputs: Sequence[Claims],
        batch: str,
        measure: Callable[[Any], Columns],
    ) -> None:
        self.kind, self.inputs = kind, list(inputs)
        self.facts = facts = _facts(kind, self.inputs)
        named = ("reference", "external_id")
        _refuse_long(kind, {n: [getattr(i, n) for i in self.inputs] for n in named})
        shapes = np.array(list(facts["geometry"]), dtype=object)
        facts |= measure(shapes)
        self._columns = {
            name: column
            for name, column in (facts | {"geometry": shapes}).items()
            if not isinstance(column, Same) or is_stated(column.value)
        }
        self._stated: dict[str, Mask] = {
            name: np.fromiter(map(is_stated, column), dtype=bool, count=len(shapes))
            for name, column in self._columns.items()
        }
        for name, column in self._columns.items():
            if isinstance(kind.report._meta.get_field(name), models.JSONField):
                facts[name] = self._columns[name] = as_json(column)
        self.shapes = facts["geometry"] = Shapes(shapes)
        self.shapes.make_ready(connection.vendor)
        self.held = self._held()
        self.uids = new_uids(len(shapes))
        self.canonical = self._canonical(batch)

    def is_of(self, inputs: Sequence[Claims]) -> bool:
        """Say whether these are the very rows, so that nothing else is written."""
        pairs = zip(self.inputs, inputs, strict=False)
        return len(self.inputs) == len(inputs) and all(a is b for a, b in pairs)

    def _held(self) -> Columns:
        """Return the facts that hold after one report: no follower without leader."""
        facts, held = self.facts, dict(self.facts)
        for leader, followers in self.kind.groups.items():
            for i in np.flatnonzero(~self._leads(leader)):
                for name in followers:
                    if name not in self._columns:
                        continue
                    if held[name] is facts[name]:
                        held[name] = list(facts[name])
                    held[name][i] = default_of(self.kind.report, name)
        return held

    def sources(self, reports: Sequence[int]) -> list[Json]:
        """Return, per row, which report each fact that holds comes from: its own."""
        masks = dict(self._stated)
        for leader, followers in self.kind.groups.items():
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

    def _canonical(self, batch: str) -> list[str]:
        """Return, per row, what its report says, as canonical JSON for the history."""
        said: Columns = {
            "reference": [item.reference for item in self.inputs],
            "date_of_information": [i.date_of_information for i in self.inputs],
            "batch": Same(batch, len(self.inputs)),
            self.kind.record: [item.reference for item in self.inputs],
            self.kind.record_uid: with_dashes(self.uids),
        }
        for name, column in self._columns.items():
            if name == "geometry":
                said[name] = [UNSAID if s is None else s for s in self.shapes.digits]
                continue
            mask = self._stated[name]
            said[name] = column if mask.all() else _without(column, ~mask)
        return canonical_rows(said)

    def _leads(self, leader: str) -> Mask:
        none: Mask = np.zeros(len(self.inputs), dtype=bool)
        return self._stated.get(leader, none)


def _facts(kind: ReportKind[Any, Any], inputs: Sequence[Claims]) -> Columns:
    """Return every fact as a column, with the model's default where unstated."""
    stated = {name for item in inputs for name in item.facts}
    model: type[models.Model] = kind.report
    names, facts = fact_names(model), facts_of(model)
    if unknown := {n for n in stated if n not in names or facts[n].computed}:
        said = ", ".join(sorted(unknown))
        raise UnknownFact(_("There is no fact “%(names)s”.") % {"names": said})
    columns: Columns = {}
    for name in names:
        default = default_of(kind.report, name)
        if name in stated:
            columns[name] = [item.facts.get(name, default) for item in inputs]
        else:
            columns[name] = Same(default, len(inputs))
    _refuse_loose(kind, inputs, stated)
    _refuse_long(kind, columns)
    return columns


def _refuse_long(kind: ReportKind[Any, Any], columns: Columns) -> None:
    """Refuse text that its column cannot hold, as for a single report."""
    for name, column in columns.items():
        field: Any = kind.report._meta.get_field(name)
        most = field.max_length if isinstance(field, models.CharField) else None
        if most is None or isinstance(column, Same):
            continue
        long = max(column, key=len, default="")
        if len(long) > most:
            message = _("“%(text)s…” is longer than %(most)s characters.")
            said = {"text": long[:40], "most": most}
            raise InvalidInput(message % said, field=name)


def _refuse_loose(
    kind: ReportKind[Any, Any], inputs: Sequence[Claims], stated: set[str]
) -> None:
    """Look closely only at rows that leave a leading fact out."""
    for leader, names in kind.groups.items():
        if stated.isdisjoint(names):
            continue
        for item in inputs:
            if not is_stated(item.facts.get(leader)):
                refuse_loose_facts(kind.report, item.facts, (), {leader: names})


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
