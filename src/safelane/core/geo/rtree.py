"""R*Tree tables that follow the bounding boxes of indexed geometries on SQLite.

Django remakes a table to alter it, and the triggers are lost with the old one: a tree
counts only while all its triggers exist, and is rebuilt after ``migrate`` if not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from safelane.core.geo.fields import bbox_columns
from safelane.core.geo.indexes import GeometryIndex

_SIDES = ("xmin", "xmax", "ymin", "ymax")


def tree_name(table: str, column: str) -> str:
    """Return the name of the R*Tree over one geometry column."""
    return f"{table}_{column}_rtree"


def has_tree(connection: BaseDatabaseWrapper, table: str, column: str) -> bool:
    """Say whether a current R*Tree stands over the column."""
    connection.ensure_connection()
    tree = tree_name(table, column)
    names = (tree, *_trigger_names(tree))
    marks = ",".join("?" * len(names))
    raw: Any = connection.connection
    (found,) = raw.execute(
        f"SELECT count(*) FROM sqlite_master WHERE name IN ({marks})",  # noqa: S608
        names,
    ).fetchone()
    return bool(found == len(names))


def _trigger_names(tree: str) -> tuple[str, str, str]:
    return f"{tree}_insert", f"{tree}_update", f"{tree}_delete"


def ensure_trees(connection: BaseDatabaseWrapper, app: AppConfig) -> None:
    """Build the missing trees of one app's indexed geometries."""
    tables = set(connection.introspection.table_names())
    for model, column in _indexed_geometries(app):
        table = model._meta.db_table
        if table in tables and not has_tree(connection, table, column):
            _build(connection, model, column)


def _indexed_geometries(
    app: AppConfig,
) -> Iterator[tuple[type[models.Model], str]]:
    for model in app.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for index in model._meta.indexes:
            if isinstance(index, GeometryIndex):
                field = model._meta.get_field(index.fields[0])
                if field in model._meta.local_fields:
                    yield model, str(field.column)


def _build(
    connection: BaseDatabaseWrapper, model: type[models.Model], column: str
) -> None:
    quote = connection.ops.quote_name
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for statement in _statements(
            quote(table),
            tree_name(table, column),
            quote(str(model._meta.pk.column)),
            [quote(name) for name in bbox_columns(column)],
            quote,
        ):
            cursor.execute(statement)


def _statements(
    table: str, tree: str, pk: str, sides: list[str], quote: Any
) -> Iterator[str]:
    xmin, ymin, xmax, ymax = sides
    quoted = quote(tree)
    insert, update, delete = (quote(name) for name in _trigger_names(tree))
    new = f"SELECT NEW.{pk}, NEW.{xmin}, NEW.{xmax}, NEW.{ymin}, NEW.{ymax}"
    add = f"INSERT INTO {quoted} {new} WHERE NEW.{xmin} IS NOT NULL;"
    drop = f"DELETE FROM {quoted} WHERE id = OLD.{pk};"  # noqa: S608
    for name in (insert, update, delete):
        yield f"DROP TRIGGER IF EXISTS {name}"
    yield f"DROP TABLE IF EXISTS {quoted}"
    yield f"CREATE VIRTUAL TABLE {quoted} USING rtree(id, {', '.join(_SIDES)})"
    yield (
        f"INSERT INTO {quoted} SELECT {pk}, {xmin}, {xmax}, {ymin}, {ymax} "  # noqa: S608
        f"FROM {table} WHERE {xmin} IS NOT NULL"
    )
    yield f"CREATE TRIGGER {insert} AFTER INSERT ON {table} BEGIN {add} END"
    yield (
        f"CREATE TRIGGER {update} AFTER UPDATE OF {pk}, {', '.join(sides)} "
        f"ON {table} BEGIN {drop} {add} END"
    )
    yield f"CREATE TRIGGER {delete} AFTER DELETE ON {table} BEGIN {drop} END"
