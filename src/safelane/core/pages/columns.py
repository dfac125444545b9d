"""Columns of a list: what each shows of a row, and how it is ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import localize, number_format

from safelane.core.pages.shared import Text

DASH = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Args:
        name: In the address, where people choose and order columns.
        value: What a row shows; it sees the row at the reader's precision only.
        url: Where the cell leads.
        badge: Tone and icon of a badge, for the row.
        order: Lookup path by which the rows may be ordered; "" where they may not,
            for instance because the order would tell more than the cell.
        is_number: Right-aligned; the unit stands in the label.
        total: What stands below the column, for all rows of the filter.
        is_extra: Shown only where it is chosen.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    url: Callable[[Any], str] | None = None
    badge: Callable[[Any], tuple[str, str]] | None = None
    order: str = ""
    is_number: bool = False
    total: Callable[[QuerySet[Any]], Any] | None = None
    is_extra: bool = False


def text(name: str, label: Text, **more: Any) -> Column:
    """Return a column that shows the attribute of its name."""
    return Column(name, label, lambda row: getattr(row, name), **more)


def number(name: str, label: Text, **more: Any) -> Column:
    """Return a right-aligned column that shows the attribute of its name."""
    return Column(name, label, lambda row: getattr(row, name), is_number=True, **more)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready for the template."""

    label: Text
    shown: str
    is_number: bool
    url: str = ""
    tone: str = ""
    icon: str = ""


def cell(column: Column, row: Any) -> Cell:
    """Return what ``column`` shows of ``row``."""
    tone, icon = column.badge(row) if column.badge else ("", "")
    url = column.url(row) if column.url else ""
    shown = shown_value(column.value(row))
    return Cell(column.label, shown, column.is_number, url, tone, icon)


def shown_value(value: Any) -> str:
    """Return a value as people read it; nothing is a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number_format(value, use_l10n=True, force_grouping=True)
    return str(localize(value))


def chosen(columns: Sequence[Column], query: QueryDict) -> list[Column]:
    """Return the columns that the address names, in their own order; else the usual.

    The first column names the row, so it is always there.
    """
    names = set(query.getlist("column"))
    if not names & {column.name for column in columns}:
        return [column for column in columns if not column.is_extra]
    return [c for i, c in enumerate(columns) if i == 0 or c.name in names]


def ordered(
    rows: QuerySet[Any] | Sequence[Any],
    columns: Iterable[Column],
    wanted: str,
    usual: str,
) -> tuple[QuerySet[Any] | Sequence[Any], str]:
    """Return the rows in the wanted order, and the order that was used."""
    paths = {column.name: column.order for column in columns if column.order}
    name = wanted.removeprefix("-")
    if name not in paths:
        wanted, name = usual, usual.removeprefix("-")
    if name not in paths or not isinstance(rows, QuerySet):
        return rows, ""
    sign = "-" if wanted.startswith("-") else ""
    return rows.order_by(f"{sign}{paths[name]}", f"{sign}pk"), wanted
