"""A spatial index that is GiST on PostGIS and a bounding box index on SQLite."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from safelane.core.geo.fields import bbox_columns


class GeometryIndex(models.Index):
    """Index one geometry field.

    SQLite gets an index over the bounding box columns here, and an R*Tree after every
    ``migrate`` (see :mod:`safelane.core.geo.rtree`).
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
        xmin, ymin, xmax, ymax = bbox_columns(self.fields[0])
        fields = [model._meta.get_field(name) for name in (xmin, xmax, ymin, ymax)]
        editor: Any = schema_editor
        return editor._create_index_sql(model, fields=fields, name=self.name)
