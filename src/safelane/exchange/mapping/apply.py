"""Apply a mapping to a batch: values by field, positions, rest, faults by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.tables import Batch
from safelane.exchange.mapping.convert import convert_column
from safelane.exchange.mapping.model import FieldMapping, Mapping
from safelane.exchange.mapping.places import Places, read_places
from safelane.exchange.mapping.targets import Target, TargetField


@dataclass
class MappedBatch:
    """Rows as the domain knows them, column by column.

    Attributes:
        values: Values by field name; None where the row says nothing.
        places: Positions with what was typed.
        rest: Per row, the columns that no field takes.
        faults: Everything wrong with single rows so far.
    """

    rows: list[int]
    values: dict[str, list[Any]]
    places: Places
    rest: list[dict[str, Any]]
    faults: list[RowFault] = field(default_factory=list)
    progress: float = 0.0

    @property
    def nowhere(self) -> frozenset[int]:
        """Return the rows without a geometry."""
        placed = zip(self.rows, self.places.geometry, strict=True)
        return frozenset(row for row, wkb in placed if wkb is None)


def apply_mapping(
    mapping: Mapping, target: Target, batch: Batch, crs: str = ""
) -> MappedBatch:
    """Return the batch as values of the target's fields."""
    faults = list(batch.faults)
    values: dict[str, list[Any]] = {}
    for wanted in target.fields:
        mapped = mapping.fields.get(wanted.name)
        if mapped is None or not (mapped.column or mapped.constant):
            continue
        values[wanted.name], found = convert_column(
            _cells(mapped, batch), batch.rows, wanted, mapped
        )
        faults += found
    places = read_places(mapping.geometry, batch, crs)
    faults += places.faults
    if target.geometry == "required":
        faults += _missing(places, batch, faults)
    rest = _rest(mapping, batch)
    return MappedBatch(batch.rows, values, places, rest, faults, batch.progress)


def _cells(mapped: FieldMapping, batch: Batch) -> list[Any]:
    if not mapped.column:
        return [mapped.constant] * len(batch)
    cells = batch.columns.get(mapped.column, [None] * len(batch))
    if not mapped.constant:
        return cells
    return [mapped.constant if c in (None, "") else c for c in cells]


def _missing(places: Places, batch: Batch, faults: list[RowFault]) -> list[RowFault]:
    told = {f.row for f in faults if f.code.startswith(("geometry", "coord", "zone"))}
    return [
        RowFault(row, "geometry-missing")
        for row, wkb in zip(batch.rows, places.geometry, strict=True)
        if wkb is None and row not in told
    ]


def _rest(mapping: Mapping, batch: Batch) -> list[dict[str, Any]]:
    if not mapping.keep_rest:
        return [{} for _ in batch.rows]
    used = {m.column for m in mapping.fields.values()}
    used |= {*mapping.geometry.columns.values(), *mapping.withheld}
    names = [n for n in batch.columns if n not in used]
    if not names:
        return [{} for _ in batch.rows]
    columns = [batch.columns[n] for n in names]
    return [
        {n: v for n, v in zip(names, cells, strict=True) if v not in (None, "")}
        for cells in zip(*columns, strict=True)
    ]


def unknown_words(mapped: FieldMapping, field: TargetField, batch: Batch) -> list[str]:
    """Return the words of a choice field's column that mean nothing yet."""
    if not mapped.column:
        return []
    _, faults = convert_column(_cells(mapped, batch), batch.rows, field, mapped)
    return list(
        dict.fromkeys(str(f.values["value"]) for f in faults if "value" in f.values)
    )
