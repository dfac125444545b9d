"""Connect the geometry field to databases as they open and migrate."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    name = "safelane.core.geo"
    label = "geo"
    verbose_name = _("Geometry")

    def ready(self) -> None:
        from safelane.core.geo import connections

        connection_created.connect(
            connections.register_functions, dispatch_uid="safelane.geo.functions"
        )
        pre_migrate.connect(
            connections.ensure_postgis, dispatch_uid="safelane.geo.postgis"
        )
        post_migrate.connect(
            connections.ensure_rtrees, dispatch_uid="safelane.geo.rtree"
        )
