"""The geometry field: shapely in Python, WKB on SQLite, PostGIS on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max, Min
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.errors import InvalidGeometry, UnsafeGeometryUpdate
from safelane.core.geo.measure import Bounds
from safelane.core.geo.values import (
    GEOMETRY_TYPES,
    check_storable,
    prepare_geometry,
    read_geometry,
    to_wkb,
)

BBOX_SUFFIXES = ("xmin", "ymin", "xmax", "ymax")

if TYPE_CHECKING:
    FieldBase = models.Field[Any, Any]
    FloatBase = models.FloatField[float | None, float | None]
else:
    FieldBase = models.Field
    FloatBase = models.FloatField


def bbox_columns(name: str) -> tuple[str, str, str, str]:
    """Return the names of the bounding box fields beside the geometry ``name``.

    Needed for ``save(update_fields=["geometry", *bbox_columns("geometry")])``.
    """
    xmin, ymin, xmax, ymax = (f"{name}_{suffix}" for suffix in BBOX_SUFFIXES)
    return xmin, ymin, xmax, ymax


def bounds_of(shapes: Sequence[Any]) -> NDArray[np.float64]:
    """Return the box of each shape, n × 4 in the order of :data:`BBOX_SUFFIXES`.

    None and empty shapes have NaN.
    """
    return shapely.bounds(np.array(shapes, dtype=object))


def extent(rows: models.QuerySet[Any]) -> Bounds | None:
    """Return the box around the geometries of ``rows``, or None if there are none."""
    xmin, ymin, xmax, ymax = bbox_columns("geometry")
    box = rows.order_by().aggregate(
        west=Min(xmin), south=Min(ymin), east=Max(xmax), north=Max(ymax)
    )
    if box["west"] is None:
        return None
    return box["west"], box["south"], box["east"], box["north"]


class BBoxField(FloatBase):
    """One side of the bounding box of the geometry beside it, in degrees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"null": True, "blank": True, "editable": False}
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        if name not in {field.name for field in cls._meta.local_fields}:
            super().contribute_to_class(cls, name, private_only)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return this side of the loaded geometry; a deferred one keeps its box."""
        geometry_name, _sep, suffix = self.attname.rpartition("_")
        if geometry_name in model_instance.__dict__:
            geometry = read_geometry(model_instance.__dict__[geometry_name])
            side = (
                None
                if geometry is None or geometry.is_empty
                else geometry.bounds[BBOX_SUFFIXES.index(suffix)]
            )
            setattr(model_instance, self.attname, side)
        return getattr(model_instance, self.attname)


class GeometryField(FieldBase):
    """A geometry in WGS 84 (longitude, latitude), 2D, always valid when stored.

    Four float fields ``<name>_xmin`` .. ``<name>_ymax`` are added to every concrete
    model and filled on save; lookups use them. PostgreSQL holds a PostGIS
    ``geometry(Geometry,4326)`` column, SQLite a WKB blob.

    Args:
        geom_type: ``"geometry"`` or one of the simple GeoJSON types in lower case.

    Raises:
        InvalidGeometry: On save, when the value is not storable.
        UnsafeGeometryUpdate: On ``QuerySet.update`` and ``bulk_update``, which would
            skip validation and the bounding box.
    """

    description = gettext_lazy("Geometry in longitude and latitude")
    _pyi_private_set_type: Any
    _pyi_private_get_type: BaseGeometry
    _pyi_lookup_exact_type: Any

    def __init__(self, *args: Any, geom_type: str = "geometry", **kwargs: Any) -> None:
        if geom_type not in GEOMETRY_TYPES:
            raise ValueError(f"geom_type {geom_type!r} is not in {GEOMETRY_TYPES}")
        self.geom_type = geom_type
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        # Migration states list the siblings themselves; abstract models hand the
        # geometry field to each concrete child, which then adds its own.
        if cls._meta.abstract or cls.__module__ == "__fake__":
            return
        for sibling in bbox_columns(name):
            cls.add_to_class(sibling, BBoxField())

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.geom_type != "geometry":
            kwargs["geom_type"] = self.geom_type
        return name, path, args, kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        if connection.vendor == "postgresql":
            return "geometry(Geometry,4326)"
        return "BLOB"

    def select_format(
        self, compiler: SQLCompiler, sql: str, params: Any
    ) -> tuple[str, Any]:
        """Read PostGIS geometries as EWKB bytes instead of hexadecimal text."""
        if compiler.connection.vendor == "postgresql":
            return f"{sql}::bytea", params
        return sql, params

    def from_db_value(self, value: Any, *_context: Any) -> BaseGeometry | None:
        if isinstance(value, memoryview):
            value = bytes(value)
        return None if value is None else cast(BaseGeometry, shapely.from_wkb(value))

    def to_python(self, value: Any) -> BaseGeometry | None:
        try:
            return read_geometry(value)
        except InvalidGeometry as error:
            raise _as_validation_error(error) from error

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            value = prepare_geometry(value, self.geom_type)
        except InvalidGeometry as error:
            raise _as_validation_error(error) from error
        self.validate(value, model_instance)
        self.run_validators(value)
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> BaseGeometry | None:
        """Return the storable geometry and keep it on the instance.

        Raises:
            InvalidGeometry: The value is not storable.
        """
        value = getattr(model_instance, self.attname)
        if hasattr(value, "resolve_expression"):
            raise self._unsafe()
        try:
            geometry = prepare_geometry(value, self.geom_type)
        except InvalidGeometry as error:
            error.field = self.name
            raise
        setattr(model_instance, self.attname, geometry)
        return geometry

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return read_geometry(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if not prepared:
            value = self.get_prep_value(value)
        if isinstance(value, BaseGeometry):
            return to_wkb(value)
        return value

    def get_placeholder(
        self, value: Any, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> str:
        """Return the SQL around a written value; refuse a partial update here.

        This is the one hook through which every UPDATE of this column passes.
        """
        updates = getattr(compiler.query, "values", None)
        if isinstance(updates, list):
            self._refuse_partial_update(updates)
        if connection.vendor == "postgresql" and not hasattr(value, "as_sql"):
            return "ST_GeomFromWKB(%s, 4326)"
        return "%s"

    def _refuse_partial_update(self, updates: list[tuple[Any, Any, Any]]) -> None:
        written = {field.name: value for field, _model, value in updates}
        if self.name not in written:
            return
        geometry = written[self.name]
        sides = tuple(written.get(name, _ABSENT) for name in bbox_columns(self.name))
        if geometry is None and sides == (None,) * 4:
            return
        if not isinstance(geometry, BaseGeometry) or sides != geometry.bounds:
            raise self._unsafe()
        check_storable(geometry)

    def _unsafe(self) -> UnsafeGeometryUpdate:
        return UnsafeGeometryUpdate(
            _(
                "“%(field)s” can only be written by save() or bulk_create(), which "
                "check it and fill its bounding box. With update_fields, name "
                "%(siblings)s too."
            )
            % {"field": self.name, "siblings": ", ".join(bbox_columns(self.name))},
            field=self.name,
        )

    def value_to_string(self, obj: models.Model) -> str:
        """Return GeoJSON text with full precision, or "" for no geometry."""
        geometry = read_geometry(self.value_from_object(obj))
        return "" if geometry is None else str(shapely.to_geojson(geometry))

    def formfield(self, **kwargs: Any) -> Any:
        defaults: dict[str, Any] = {
            "form_class": GeometryFormField,
            "geom_type": self.geom_type,
        }
        return super().formfield(**(defaults | kwargs))


_ABSENT = object()


def _as_validation_error(error: InvalidGeometry) -> ValidationError:
    return ValidationError(
        error.message, code="invalid_geometry", params={"where": error.where}
    )


class GeometryFormField(forms.Field):
    """Accept GeoJSON or WKT text in longitude and latitude.

    Args:
        geom_type: As :class:`safelane.core.geo.fields.GeometryField`.
    """

    widget = forms.Textarea

    def __init__(self, *, geom_type: str = "geometry", **kwargs: Any) -> None:
        self.geom_type = geom_type
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, BaseGeometry):
            return shapely.to_geojson(value)
        return value

    def to_python(self, value: Any) -> BaseGeometry | None:
        try:
            return prepare_geometry(value, self.geom_type)
        except InvalidGeometry as error:
            raise _as_validation_error(error) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            one = prepare_geometry(initial, self.geom_type)
            other = prepare_geometry(data, self.geom_type)
        except InvalidGeometry:
            return True
        if one is None or other is None:
            return one is not other
        return not one.equals_exact(other, 0.0)
