"""Prepared columns into a table: by COPY on PostgreSQL, by long statements on SQLite.

SQLite takes many rows per statement: while it works on one, Python is free to prepare
what comes next in another thread. A column that holds the same value in every row, as
most do, is written into the statement once instead of being bound or sent with every
row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from itertools import chain, islice
from math import ceil
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from safelane.core.geo.rtree import filled_afterwards

Column = Sequence[Any]
_MANY = 500  # from here on, trees are filled after the rows
_AT_ONCE = 1000
_VALUES = 10_000  # more make a statement larger and nothing quicker
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def ready(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: dict[str, Column],
) -> Callable[[], None]:
    """Return what inserts the rows, inside the caller's transaction.

    All that can be done without the database is done now.

    Args:
        columns: Database values by column, all of one length; the primary key first,
            its values one after another.
    """
    same = {name: values[0] for name, values in columns.items() if _is_same(values)}
    own = {name: values for name, values in columns.items() if name not in same}
    if connection.vendor == "postgresql":
        return _copy(connection, model, same, own)
    return _insert(connection, model, same, own)


def _is_same(values: Column) -> bool:
    """Say whether a column repeats one simple value."""
    first = values[0]
    simple = first is None or type(first) in (int, bool, str, datetime)
    if not simple or len(values) < 2 or (type(first) is str and "\0" in first):
        return False
    return values[-1] == first and list(values).count(first) == len(values)


def _insert(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    same: dict[str, Any],
    own: dict[str, Column],
) -> Callable[[], None]:
    keys = next(iter(own.values()))
    rows: Any = zip(*own.values(), strict=True)
    at_once = _rows_at_once(connection, len(keys), len(own))
    chunks: list[list[Any]] = []
    while chunk := list(chain.from_iterable(islice(rows, at_once))):
        chunks.append(chunk)
    row = f"({', '.join('?' * len(own))})"

    def insert() -> None:
        head = _head(connection, model, same, own)
        many = len(keys) >= _MANY
        trees = filled_afterwards(connection, model, keys) if many else nullcontext()
        raw: Any = connection.connection
        with trees, connection.wrap_database_errors:
            for chunk in chunks:
                # Past Django's cursor, which looks for placeholders in the statement.
                marks = ", ".join([row] * (len(chunk) // len(own)))
                raw.execute(f"{head} FROM (VALUES {marks})", chunk)

    return insert


def _head(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    same: dict[str, Any],
    own: dict[str, Column],
) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, [*own, *same]))
    values = [f"column{n}" for n in range(1, len(own) + 1)]
    values += _literals(connection, list(same.values()))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"  # noqa: S608 - quoted by SQLite


def _rows_at_once(connection: BaseDatabaseWrapper, rows: int, width: int) -> int:
    """Return how many rows one statement takes, so that all are of one length."""
    raw: Any = connection.connection
    allowed: int = raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    most = min(_VALUES, allowed) // width
    return ceil(rows / ceil(rows / most))


def _literals(connection: BaseDatabaseWrapper, values: list[Any]) -> list[str]:
    """Return values as SQLite itself writes them in a statement."""
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['quote(%s)'] * len(values))}", values)
        row = cursor.fetchone()
    return [str(text) for text in row or ()]


def _copy(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    same: dict[str, Any],
    own: dict[str, Column],
) -> Callable[[], None]:
    """Put rows into the text format of COPY.

    The driver's own ``write_row`` looks up an adapter for every cell, which costs more
    than the database needs for the row.
    """
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, [*own, *same]))
    tail = "".join(f"\t{_cell(value)}" for value in same.values()) + "\n"
    rows = map("\t".join, zip(*map(_texts, own.values()), strict=True))
    chunks: list[bytes] = []
    while chunk := list(islice(rows, _AT_ONCE)):
        chunks.append((tail.join(chunk) + tail).encode())
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"

    def copy() -> None:
        cursor = connection.cursor()
        with connection.wrap_database_errors, cursor, cursor.copy(statement) as stream:
            for chunk in chunks:
                stream.write(chunk)

    return copy


def _texts(values: Column) -> Iterable[str]:
    """Return a column as COPY writes it; cell by cell only where it must be."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return map(_escaped, values) if _needs_escape("".join(values)) else values
    if kinds <= {int, float}:
        return map(repr, values)
    if kinds == {date}:
        return map(str, values)
    return map(_cell, values)


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    return repr(value) if type(value) is float else _escaped(str(value))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES) if _needs_escape(text) else text


def _needs_escape(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text
