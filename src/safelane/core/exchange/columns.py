"""Insert very many rows column by column, without an object per row.

``bulk_create`` builds and binds an instance per row, which costs most of the time of a
large import. Here every column is prepared at once, and the rows go in by
``executemany`` (SQLite) or ``COPY`` (PostgreSQL), with the same checks on geometries
as ``save``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from safelane.core.geo import GeometryField, bbox_columns
from safelane.core.geo.values import check_storable

Columns = Mapping[str, Sequence[Any]]
_PLAIN = (models.CharField, models.TextField, models.FloatField, models.IntegerField)


def insert_columns(
    model: type[models.Model],
    columns: Columns,
    count: int,
    *,
    ids: Sequence[int] | None = None,
    using: str = "default",
) -> list[int]:
    """Insert ``count`` rows inside the caller's transaction; return their keys.

    Args:
        columns: Values by ``attname``, each of length ``count``; geometries are
            shapely objects. A column that is missing takes the field's default.
        ids: Keys reserved with :func:`reserve_ids`, when others refer to them already.

    Raises:
        InvalidGeometry: A geometry may not be stored; names the first.
    """
    connection = connections[using]
    keys = list(ids) if ids is not None else reserve_ids(model, count, using=using)
    shapes = _shapes(model, columns)
    names: list[Any] = [model._meta.pk.column]
    prepared: list[Sequence[Any]] = [keys]
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        names.append(field.column)
        prepared.append(_column(field, columns, shapes, count, connection))
    _write(connection, model._meta.db_table, names, zip(*prepared, strict=True))
    return keys


def reserve_ids(
    model: type[models.Model], count: int, *, using: str = "default"
) -> list[int]:
    """Return ``count`` keys that no other row will get.

    On SQLite the open write transaction keeps others out until they are used.
    """
    connection = connections[using]
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) "
                "FROM generate_series(1, %s)",
                [table, key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = model._base_manager.using(using).aggregate(last=models.Max("pk"))["last"]
    first = max(row[0] if row else 0, last or 0) + 1
    return list(range(first, first + count))


def _shapes(model: type[models.Model], columns: Columns) -> dict[str, Any]:
    """Return the geometry columns, checked, with the columns of their boxes."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if not isinstance(field, GeometryField) or field.attname not in columns:
            continue
        shapes = np.asarray(columns[field.attname], dtype=object)
        shapes = shapely.force_2d(shapes)
        _check(shapes)
        found[field.attname] = shapes
        bounds = shapely.bounds(shapes)
        for name, side in zip(bbox_columns(field.name), bounds.T, strict=True):
            found[name] = [None if s != s else s for s in side.tolist()]
    return found


def _check(shapes: Any) -> None:
    given = ~shapely.is_missing(shapes)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(bounds) <= [180, 90, 180, 90]).all(axis=1)
    doubtful = given & ~(inside & shapely.is_valid(shapes) & ~shapely.is_empty(shapes))
    for i in np.flatnonzero(doubtful):
        check_storable(shapes[i])


def _column(
    field: Any,
    columns: Columns,
    shapes: Mapping[str, Any],
    count: int,
    connection: BaseDatabaseWrapper,
) -> Sequence[Any]:
    if isinstance(field, GeometryField):
        return _geometries(shapes.get(field.attname), count, connection)
    values = shapes.get(field.attname)
    if values is None:
        values = columns.get(field.attname)
    if values is None:
        return _defaults(field, count, connection)
    if len(values) > 1 and len(set(map(id, values))) == 1:  # one value for all rows
        one = {field.attname: values[:1]}
        return list(_column(field, one, {}, 1, connection)) * count
    if isinstance(field, models.JSONField):
        return [_json(v, field) for v in values]
    if isinstance(field, (*_PLAIN, models.ForeignKey)):
        return values
    return _prepared(values, field, connection)


def _geometries(
    shapes: Any, count: int, connection: BaseDatabaseWrapper
) -> Sequence[Any]:
    if shapes is None:
        return [None] * count
    if connection.vendor == "postgresql":
        placed = shapely.set_srid(shapes, 4326)
        texts: list[Any] = shapely.to_wkb(placed, hex=True, include_srid=True).tolist()
        return texts
    blobs: list[Any] = shapely.to_wkb(
        shapes, output_dimension=2, byte_order=1, include_srid=False
    ).tolist()
    return blobs


def _defaults(field: Any, count: int, connection: BaseDatabaseWrapper) -> Sequence[Any]:
    if getattr(field, "auto_now_add", False):
        values: Sequence[Any] = [timezone.now()] * count
    elif field.has_default() and callable(field.default):
        values = [field.default() for _ in range(count)]
    else:
        default = [field.get_default()]
        return list(_column(field, {field.attname: default}, {}, 1, connection)) * count
    if isinstance(field, models.JSONField):
        return [_json(v, field) for v in values]
    return _prepared(values, field, connection)


_EMPTY: dict[Any, str] = {list: "[]", tuple: "[]", dict: "{}"}


def _json(value: Any, field: Any) -> str | None:
    if not value and type(value) in _EMPTY:
        return _EMPTY[type(value)]
    if value is None and field.null:
        return None
    return json.dumps(value, cls=field.encoder, ensure_ascii=False)


def _prepared(
    values: Sequence[Any], field: Any, connection: BaseDatabaseWrapper
) -> list[Any]:
    """Return database values; the same value is prepared once."""
    if isinstance(field, models.UUIDField):
        native = connection.features.has_native_uuid_field
        return [str(v) if native else v.hex for v in values]
    known: dict[Any, Any] = {None: None}
    result = []
    for value in values:
        if value not in known:
            known[value] = field.get_db_prep_save(value, connection)
        result.append(known[value])
    return result


def _write(
    connection: BaseDatabaseWrapper,
    table: str,
    names: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        sql = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(sql, list(rows))
