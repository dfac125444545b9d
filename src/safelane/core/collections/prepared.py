"""Statements of which a connection to PostgreSQL keeps the plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError

from safelane.core.protect.timelimit import is_time_over, tell_limit


def fetch_prepared(
    connection: Any, sql: str, params: tuple[Any, ...], *, again: bool = True
) -> list[tuple[Any, ...]]:
    """Return the answer of PostgreSQL to a statement whose plan the connection keeps.

    Quicker than asking whether the connection still stands: where the server was
    restarted since, it is asked once more over a new one.
    """
    import psycopg

    connection.ensure_connection()
    tell_limit(connection)
    try:
        with (
            connection.wrap_database_errors,
            _keeping_plans(connection.connection) as raw,
            psycopg.Cursor(raw) as cursor,
        ):
            # The text is our own; values are bound by the server.
            cursor.execute(sql.encode(), params, prepare=True)
            return list(cursor.fetchall())
    except OperationalError as error:
        # The server was restarted since: one new connection, outside transactions.
        if not again or connection.in_atomic_block or is_time_over(error):
            raise
        connection.close()
        return fetch_prepared(connection, sql, params, again=False)


@contextmanager
def _keeping_plans(raw: Any) -> Iterator[Any]:
    """Let this connection keep plans for now: Django forbids it for all statements."""
    before = raw.prepare_threshold
    raw.prepare_threshold = 0
    try:
        yield raw
    finally:
        raw.prepare_threshold = before
