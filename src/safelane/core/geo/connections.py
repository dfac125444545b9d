"""What happens to a database when it opens and when it is migrated."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from safelane.core.geo import rtree, sqlite


def register_functions(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Give a new SQLite connection the ``ST_*`` functions."""
    if connection.vendor == "sqlite":
        sqlite.register(connection.connection)


def ensure_postgis(using: str, **_signal: Any) -> None:
    """Create the PostGIS extension before the first geometry column needs it."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")


def ensure_rtrees(app_config: AppConfig, using: str, **_signal: Any) -> None:
    """Build the R*Trees that a migrated app lacks on SQLite."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        rtree.ensure_trees(connection, app_config)
