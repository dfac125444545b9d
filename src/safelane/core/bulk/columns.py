"""Insert very many rows column by column, without an object per row.

``bulk_create`` builds and binds an instance per row, which costs most of the time of a
large import. Here every column is prepared at once, and the rows go in by
``executemany`` (SQLite) or ``COPY`` (PostgreSQL), with the same checks on geometries
as ``save``. Within :func:`safelane.core.bulk.sending.sending`, rows are on their way
while the next columns are prepared.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from safelane.core.bulk.sending import send
from safelane.core.bulk.storing import ready
from safelane.core.geo.fields import GeometryField, bbox_columns
from safelane.core.geo.values import check_storable

Columns = Mapping[str, Any]
_SRID = (4326).to_bytes(4, "little").hex().upper()
_PLAIN = (models.CharField, models.TextField, models.FloatField, models.IntegerField)


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON text that is stored as it is."""

    text: str


class Same(Sequence[Any]):
    """One value for every row."""

    def __init__(self, value: Any, count: int) -> None:
        self.value, self._count = value, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return repeat(self.value, self._count)

    def __getitem__(self, index: Any) -> Any:
        return [self.value] * self._count if isinstance(index, slice) else self.value


class Shapes:
    """Geometries of one column, checked, and how databases hold them.

    Give the same object to several tables: it is prepared once.

    Raises:
        InvalidGeometry: One may not be stored; names the first.
    """

    def __init__(self, shapes: Any) -> None:
        self.shapes = shapely.force_2d(np.asarray(shapes, dtype=object))
        _check(self.shapes)

    def make_ready(self, vendor: str) -> None:
        """Put the geometries now into the form that a database of this kind takes."""
        _held = (self.ewkb, self.side_texts) if vendor == "postgresql" else self.sides

    @cached_property
    def wkb(self) -> list[bytes | None]:
        """Return what SQLite holds: 2D, little-endian, without SRID."""
        found: list[bytes | None] = shapely.to_wkb(
            self.shapes, output_dimension=2, byte_order=1, include_srid=False
        ).tolist()
        return found

    @cached_property
    def digits(self) -> list[str | None]:
        """Return :attr:`wkb` in hexadecimal, as the history holds it."""
        found: list[str | None] = shapely.to_wkb(
            self.shapes, hex=True, output_dimension=2, byte_order=1, include_srid=False
        ).tolist()
        return found

    @cached_property
    def ewkb(self) -> list[str | None]:
        """Return what PostGIS reads: hexadecimal with the SRID.

        A bit of the type, the fourth byte after the byte order, announces the SRID.
        """
        return [
            None if wkb is None else f"{wkb[:8]}20{_SRID}{wkb[10:]}"
            for wkb in self.digits
        ]

    @cached_property
    def sides(self) -> list[list[float | None]]:
        """Return the four columns of the bounding boxes: west, south, east, north."""
        bounds = shapely.bounds(self.shapes)
        return [[None if s != s else s for s in side.tolist()] for side in bounds.T]

    @cached_property
    def side_texts(self) -> list[list[str | None]]:
        """Return :attr:`sides` as PostgreSQL reads them."""
        return [[None if s is None else repr(s) for s in side] for side in self.sides]


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
            :class:`Shapes` or shapely objects. A column that is missing takes the
            field's default.
        ids: Keys reserved with :func:`reserve_ids`, when others refer to them already.

    Raises:
        InvalidGeometry: A geometry may not be stored; names the first.
    """
    connection = connections[using]
    keys = list(ids) if ids is not None else reserve_ids(model, count, using=using)
    given = dict(columns) | _places(model, columns, connection)
    prepared: dict[str, Sequence[Any]] = {str(model._meta.pk.column): keys}
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            prepared[str(field.column)] = _column(field, given, count, connection)
    if count:
        send(connection, ready(connection, model, prepared))
    return keys


def new_uids(count: int) -> list[str]:
    """Return random UUIDs (version 4) as 32 digits, in ascending order.

    In order they go into an index one beside the other.
    """
    raw = (
        np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    )
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = raw.tobytes().hex()
    return sorted(digits[i : i + 32] for i in range(0, len(digits), 32))


def with_dashes(uids: Sequence[str]) -> list[str]:
    """Return UUIDs of 32 digits as people and the history write them."""
    return [f"{u[:8]}-{u[8:12]}-{u[12:16]}-{u[16:20]}-{u[20:]}" for u in uids]


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
                "SELECT nextval(sequence) FROM generate_series(1, %s), "
                "(SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence OFFSET 0)"
                " AS one",
                [count, table, key],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = model._base_manager.using(using).aggregate(last=models.Max("pk"))["last"]
    first = max(row[0] if row else 0, last or 0) + 1
    return list(range(first, first + count))


def _places(
    model: type[models.Model], columns: Columns, connection: BaseDatabaseWrapper
) -> dict[str, Any]:
    """Return the geometry columns, checked, with the columns of their boxes."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if not isinstance(field, GeometryField) or field.attname not in columns:
            continue
        given = columns[field.attname]
        shapes = given if isinstance(given, Shapes) else Shapes(given)
        found[field.attname] = shapes
        as_text = connection.vendor == "postgresql"
        sides: list[Any] = shapes.side_texts if as_text else shapes.sides
        found |= dict(zip(bbox_columns(field.name), sides, strict=True))
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
    field: Any, columns: Columns, count: int, connection: BaseDatabaseWrapper
) -> Sequence[Any]:
    values = columns.get(field.attname)
    if values is None:
        values = _defaults(field, count)
    if isinstance(values, Shapes):
        return values.ewkb if connection.vendor == "postgresql" else values.wkb
    if isinstance(values, Same):
        return _plain(field, [values.value], connection) * count
    return _plain(field, values, connection)


def _plain(field: Any, values: Any, connection: BaseDatabaseWrapper) -> list[Any]:
    if isinstance(field, models.JSONField):
        return [_json(v, field) for v in values]
    if isinstance(field, (*_PLAIN, models.ForeignKey)):
        return list(values)
    return _prepared(values, field, connection)


def _defaults(field: Any, count: int) -> Sequence[Any]:
    if getattr(field, "auto_now_add", False):
        return Same(timezone.now(), count)
    own = field.has_default() and callable(field.default)
    if own and field.default not in (list, dict):
        return [field.default() for _ in range(count)]
    return Same(field.get_default(), count)


_EMPTY: dict[Any, str] = {list: "[]", tuple: "[]", dict: "{}"}


def _json(value: Any, field: Any) -> str | None:
    if isinstance(value, Json):
        return value.text
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
        # PostgreSQL reads the bare digits too.
        return [v.hex if isinstance(v, UUID) else v for v in values]
    known = {
        value: field.get_db_prep_save(value, connection)
        for value in set(values)
        if value is not None
    }
    return [known.get(value) for value in values]
