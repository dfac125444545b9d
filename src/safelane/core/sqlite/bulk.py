"""Settings of SQLite that suit a long import better than a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# Pages that a batch changes stay in memory until it is committed (negative: KiB), and
# the log is copied into the database every 80 MB instead of every 4.
_BULK = {"cache_size": -128_000, "wal_autocheckpoint": 20_000}


@contextmanager
def much_writing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let this connection write very many rows quickly; what is safe stays as safe.

    Every commit is still on the disk before it returns. Other databases need nothing.
    """
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: _pragma(connection, name) for name in _BULK}
    try:
        for name, value in _BULK.items():
            _pragma(connection, name, value)
        yield
    finally:
        for name, value in before.items():
            _pragma(connection, name, value)
        if not connection.in_atomic_block:
            _pragma(connection, "wal_checkpoint")


def _pragma(
    connection: BaseDatabaseWrapper, name: str, value: int | None = None
) -> int:
    statement = f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
