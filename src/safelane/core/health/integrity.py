"""Whether the database itself is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from safelane.core.errors import DatabaseUnavailable

MOST = 5


class DatabaseDamaged(DatabaseUnavailable):
    """The file or the tables of the database are damaged."""


def require_sound() -> None:
    """Refuse to build on a damaged database.

    Raises:
        DatabaseDamaged: Says what was found, and that nothing was done.
    """
    found = damage(quick=True)
    if found:
        raise DatabaseDamaged(
            _(
                "The database is damaged: %(first)s. Nothing was done. Put a copy of it"
                " aside, then restore the newest backup with `safelane restore`."
            )
            % {"first": found[0]}
        )


def damage(*, quick: bool = False) -> list[str]:
    """Return what is wrong with the database, one line each; [] when nothing is found.

    Args:
        quick: Read every page, but compare no index with its table (SQLite).
    """
    try:
        with connection.cursor() as cursor:
            return list(_CHECKS[connection.vendor](cursor, quick))[:MOST]
    except DatabaseError as error:
        return [" ".join(str(error).split())]


def _sqlite(cursor: Any, quick: bool) -> Iterator[str]:
    pragma = "quick_check" if quick else "integrity_check"
    cursor.execute(f"PRAGMA {pragma}({MOST})")
    yield from (text for (text,) in cursor.fetchall() if text != "ok")
    if quick:
        return
    cursor.execute("PRAGMA foreign_key_check")
    for table, row, parent, _number in cursor.fetchmany(MOST):
        yield f"row {row} of {table} names a row of {parent} that is not there"
    names = [n for n in connection.introspection.table_names() if n.endswith("_rtree")]
    for name in names:
        cursor.execute("SELECT rtreecheck(%s)", [name])
        (text,) = cursor.fetchone()
        if text != "ok":
            yield f"{name}: {text}"


def _postgresql(cursor: Any, quick: bool) -> Iterator[str]:
    cursor.execute(
        "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database"
        " WHERE datname = current_database()"
    )
    (failures,) = cursor.fetchone() or (0,)
    if failures:
        yield f"the server counted {failures} pages with wrong checksums"
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    )
    for (name,) in cursor.fetchall():
        yield f"the index {name} is not valid"


_CHECKS = {"sqlite": _sqlite, "postgresql": _postgresql}


def page_checksums() -> bool:
    """Say whether the server notices damaged pages; on SQLite we read them all."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_checksums")
        return bool(cursor.fetchone()[0] == "on")
