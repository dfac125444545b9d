"""Prepared columns into a table: by COPY on PostgreSQL, in one statement on SQLite.

A column that holds the same value in every row, as most do, is written into the
statement once instead of being bound or sent with every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from safelane.core.geo.rtree import filled_afterwards

Column = Sequence[Any]
_MANY = 500  # from here on, trees are filled after the rows
_AT_ONCE = 1000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def store(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: dict[str, Column],
) -> None:
    """Insert rows inside the caller's transaction.

    Args:
        columns: Database values by column, all of one length; the primary key first,
            its values one after another.
    """
    same = {name: values[0] for name, values in columns.items() if _is_same(values)}
    own = {name: values for name, values in columns.items() if name not in same}
    if connection.vendor == "postgresql":
        _copy(connection, model, same, own)
    else:
        _insert(connection, model, same, own)


def _is_same(values: Column) -> bool:
    """Say whether a column repeats one simple value."""
    first = values[0]
    simple = first is None or type(first) in (int, bool, str)
    if not simple or len(values) < 2 or (type(first) is str and "\0" in first):
        return False
    return values[-1] == first and list(values).count(first) == len(values)


def _insert(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    same: dict[str, Any],
    own: dict[str, Column],
) -> None:
    names, keys = [*own, *same], next(iter(own.values()))
    marks = ["%s"] * len(own) + _literals(connection, list(same.values()))
    quote = connection.ops.quote_name
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} "  # noqa: S608 - quoted by SQLite
        f"({', '.join(map(quote, names))}) VALUES ({', '.join(marks)})"
    )
    many = len(keys) >= _MANY
    trees = filled_afterwards(connection, model, keys) if many else nullcontext()
    rows: Any = zip(*own.values(), strict=True)
    with trees, connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _literals(connection: BaseDatabaseWrapper, values: list[Any]) -> list[str]:
    """Return values as SQLite itself writes them in a statement."""
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['quote(%s)'] * len(values))}", values)
        row = cursor.fetchone()
    return [str(text).replace("%", "%%") for text in row or ()]


def _copy(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    same: dict[str, Any],
    own: dict[str, Column],
) -> None:
    """Send rows in the text format of COPY.

    The driver's own ``write_row`` looks up an adapter for every cell, which costs more
    than the database needs for the row.
    """
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, [*own, *same]))
    tail = "".join(f"\t{_cell(value)}" for value in same.values()) + "\n"
    texts = [map(_cell, values) for values in own.values()]
    rows = map("\t".join, zip(*texts, strict=True))
    with connection.cursor() as cursor:
        statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
        with cursor.copy(statement) as copy:
            while chunk := list(islice(rows, _AT_ONCE)):
                copy.write(tail.join(chunk) + tail)


def _cell(value: Any) -> str:
    if type(value) is float or type(value) is int:
        return repr(value)
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    text = str(value)
    return text.translate(_ESCAPES) if _needs_escape(text) else text


def _needs_escape(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text
