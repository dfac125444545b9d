"""How many features a scope holds: exact when counted, kept for a minute."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from safelane.core.collections.rows import Rows

KEEP_SECONDS = 60.0
_LARGEST = 1_000
_kept: dict[object, tuple[float, int]] = {}
_lock = Lock()


def total(rows: Rows) -> int:
    """Return the number of rows in scope; at most a minute old."""
    key = (rows.alias, rows.sql, rows.params)
    now = monotonic()
    with _lock:
        when, count = _kept.get(key, (0.0, 0))
        if when and now - when < KEEP_SECONDS:
            return count
    sql = f"SELECT count(*) FROM ({rows.keys_sql}) r"  # noqa: S608
    count = int(rows.fetch(sql, rows.keys_params)[0][0])
    with _lock:
        if len(_kept) >= _LARGEST:
            _kept.clear()
        _kept[key] = (now, count)
    return count


def forget() -> None:
    """Count anew from now on."""
    with _lock:
        _kept.clear()
