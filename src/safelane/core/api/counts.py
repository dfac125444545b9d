"""Answers about counts: tables in words, small numbers hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from safelane.core.counts.tables import CrossTable


class CountsOut(Schema):
    """A table of counts; null where a small number is hidden."""

    country: str
    row: str
    column: str
    row_labels: list[str]
    column_labels: list[str]
    cells: list[list[int | None]] = Field(
        description="Rows with their total last; the last row holds the totals"
    )
    minimum: int
    published_on: date | None = Field(
        None, description="Fixed date of publication; null for a count of now"
    )
    cut_off: date | None = Field(
        None, description="What happened up to this day is in a published count"
    )


def show_table(country: Any, table: CrossTable) -> dict[str, Any]:
    """Return a country's table as an answer."""
    names = {
        "country": country.code,
        "row": table.row.name,
        "column": table.column.name,
    }
    others = CountsOut.model_fields.keys() - names
    return names | {name: getattr(table, name) for name in others}
