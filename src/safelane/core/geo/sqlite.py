"""``ST_*`` functions for SQLite, computed by shapely on WKB blobs.

They carry the PostGIS names and answers, so that one lookup serves both databases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.cells import cell_meets, cell_wkb
from safelane.core.geo.measure import distance_m, two_digits

Wkb = bytes | None


@lru_cache(maxsize=64)
def _prepared(wkb: bytes) -> BaseGeometry:
    """Return the constant side of a predicate, read and prepared once."""
    geometry = shapely.from_wkb(wkb)
    shapely.prepare(geometry)
    return geometry


def _predicate(
    test: Callable[[BaseGeometry, BaseGeometry], Any],
) -> Callable[[Wkb, Wkb], int | None]:
    def function(row: Wkb, constant: Wkb) -> int | None:
        if row is None or constant is None:
            return None
        return int(test(_prepared(constant), shapely.from_wkb(row)))

    return function


def _dwithin(row: Wkb, constant: Wkb, metres: float) -> int | None:
    if row is None or constant is None:
        return None
    return int(distance_m(_prepared(constant), shapely.from_wkb(row)) <= metres)


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("ST_Intersects", 2, _predicate(shapely.intersects)),
    ("ST_Within", 2, _predicate(shapely.contains)),
    ("ST_Contains", 2, _predicate(shapely.within)),
    ("ST_DWithinMetres", 3, _dwithin),
    ("ST_Cell", 4, cell_wkb),
    ("ST_CellMeets", 8, cell_meets),
    ("SL_TwoDigits", 1, two_digits),
)


def register(connection: sqlite3.Connection) -> None:
    """Give one SQLite connection the ``ST_*`` functions."""
    for name, arity, function in FUNCTIONS:
        connection.create_function(name, arity, function, deterministic=True)
