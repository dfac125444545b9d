"""How many features a scope holds: exact when counted, kept for a minute."""

from __future__ import annotations

from safelane.core.cache import Cache
from safelane.core.collections.rows import Rows

_kept: Cache[int] = Cache(1_000, seconds=60.0)
forget = _kept.clear


def total(rows: Rows) -> int:
    """Return the number of rows in scope; at most a minute old."""
    sql = f"SELECT count(*) FROM ({rows.keys_sql}) r"  # noqa: S608
    key = (rows.alias, rows.sql, rows.params)
    return _kept.get(key, lambda: int(rows.fetch(sql, rows.keys_params)[0][0]))
