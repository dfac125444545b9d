"""What a person should know of how whole columns are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from safelane.exchange.files.reading import Batch
from safelane.exchange.mapping.dates import months_first, of_two_kinds
from safelane.exchange.mapping.model import (
    FieldMapping,
    Mapping,
    Target,
    TargetField,
)
from safelane.exchange.mapping.numbers import (
    are_all_in,
    holds_units,
    is_called_unit,
    right_of,
    speaks_of_units,
    unit_of,
)
from safelane.exchange.mapping.own_export import own_columns
from safelane.exchange.mapping.position_names import speaks_of_an_outline

Note = tuple[str, dict[str, Any]]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CORNERS = 6  # numbers of three points


def outlines_lost(mapping: Mapping, target: Target, batch: Batch) -> list[str]:
    """Return the columns of outlines, by name and cells, where only points are read."""
    place = mapping.geometry
    shapes = batch.geometry if place.kind == "source" else None
    has_outlines = np.any(shapely.get_dimensions(shapely.from_wkb(shapes)) > 0)
    if target.geometry == "none" or place.kind == "wkt" or has_outlines:
        return []
    used = mapping.used_columns | own_columns(target, batch)
    return [
        name
        for name, cells in batch.columns.items()
        if name not in used
        and speaks_of_an_outline(name)
        and any(len(_NUMBER.findall(str(c))) >= _CORNERS for c in cells if c)
    ]


def notes_on_columns(mapping: Mapping, target: Target, batch: Batch) -> Iterator[Note]:
    """Yield what is said of outlines, of units, and of days that could mean others."""
    if lost := outlines_lost(mapping, target, batch):
        told = ", ".join(f"“{column}”" for column in lost)
        yield "outline-lost", {"columns": told, "open": lost}
    yield from _units_beside(mapping, target, batch)
    for wanted in target.fields:
        mapped = mapping.fields.get(wanted.name)
        if mapped is None or wanted.kind != "date" or not mapped.column:
            continue
        given = (str(c).strip() for c in batch.columns[mapped.column] if c is not None)
        texts = [text for text in given if text]
        said = {"column": mapped.column, "format": mapped.date_format}
        if read := months_first(texts, mapped.date_format):
            yield "days", said | read
        elif read := of_two_kinds(texts, mapped.date_format):
            yield "days-mixed", said | read


def _units_beside(mapping: Mapping, target: Target, batch: Batch) -> Iterator[Note]:
    """Yield which columns say units of numbers, and which may and are not asked."""
    units, taken = mapping.unit_columns, mapping.used_columns
    for wanted in target.fields:
        column = mapping.fields.get(wanted.name, FieldMapping()).column
        if not column or not wanted.unit:
            continue
        if column in units:
            yield "unit-beside", {"column": column, "unit": units[column]}
        beside = right_of(column, batch.columns)
        if beside and beside not in taken:
            code = _doubt(column, beside, wanted, batch)
            said = {"column": column, "unit": beside, "open": [beside]}
            yield from [(code, said)] if code else []


def _doubt(column: str, beside: str, wanted: TargetField, batch: Batch) -> str:
    """Return the note on a column right of a number that is not read as its unit."""
    own, columns = unit_of(column, wanted), batch.columns
    is_asked = speaks_of_units(beside) or not own
    if is_asked and holds_units(beside, wanted, columns):
        is_same = are_all_in(own or wanted.unit, beside, columns)
        return "" if is_same else "unit-left"
    return "unit-unknown" if is_called_unit(beside) else ""
