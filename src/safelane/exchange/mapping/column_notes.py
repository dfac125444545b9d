"""What a person should know of how whole columns are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from safelane.exchange.files.reading import Batch
from safelane.exchange.mapping.dates import months_first, of_two_kinds
from safelane.exchange.mapping.model import FieldMapping, Mapping, Target
from safelane.exchange.mapping.numbers import unit_beside, unit_column
from safelane.exchange.mapping.own_export import own_columns
from safelane.exchange.mapping.position_names import speaks_of_an_outline

Note = tuple[str, dict[str, Any]]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CORNERS = 6  # numbers of three points


def units_beside(
    mapping: Mapping, target: Target, batch: Batch
) -> Iterator[dict[str, str]]:
    """Yield the columns of numbers whose unit a column beside says, row by row."""
    for wanted in target.fields:
        column = mapping.fields.get(wanted.name, FieldMapping()).column
        if column and (unit := unit_column(column, wanted, batch.columns)):
            yield {"column": column, "unit": unit}


def outlines_lost(mapping: Mapping, target: Target, batch: Batch) -> list[str]:
    """Return the columns of outlines, by name and cells, where only points are read."""
    place = mapping.geometry
    shapes = batch.geometry if place.kind == "source" else None
    has_outlines = np.any(shapely.get_dimensions(shapely.from_wkb(shapes)) > 0)
    if target.geometry == "none" or place.kind == "wkt" or has_outlines:
        return []
    used = {m.column for m in mapping.fields.values()} | {*place.columns.values()}
    used |= own_columns(target, batch)
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
    for said in units_beside(mapping, target, batch):
        yield "unit-beside", said
    for wanted in target.fields:
        column = mapping.fields.get(wanted.name, FieldMapping()).column
        unit = column and unit_beside(column, wanted, batch.columns)
        if unit and not unit_column(column, wanted, batch.columns):
            yield "unit-unknown", {"column": column, "unit": unit}
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
