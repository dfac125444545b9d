"""Connect the geometry field to databases as they open and migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from safelane.core.geo import rtree, sqlite


class GeoConfig(AppConfig):
    name = "safelane.core.geo"
    label = "geo"
    verbose_name = _("Geometry")

    def ready(self) -> None:
        connection_created.connect(register_functions)
        pre_migrate.connect(ensure_postgis)
        post_migrate.connect(ensure_rtrees)


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
