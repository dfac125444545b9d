"""A spatial index: GiST on PostGIS, an R*Tree on SQLite."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NOTHING = "SELECT 1"


class GeometryIndex(models.Index):
    """Index one geometry field.

    On SQLite nothing is made here: the R*Tree is made after every ``migrate`` (see
    :mod:`safelane.core.geo.rtree`), and a second index would only cost time.
    """

    suffix = "geo"

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using=" USING gist")
        return _NOTHING

    def remove_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        **kwargs: Any,
    ) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().remove_sql(model, schema_editor, **kwargs)
        return _NOTHING
