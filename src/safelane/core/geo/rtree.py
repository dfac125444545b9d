"""R*Tree tables that follow the bounding boxes of indexed geometries on SQLite.

Django remakes a table to alter it, and the triggers are lost with the old one: a tree
counts only while all its triggers exist, and is rebuilt after ``migrate`` if not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from safelane.core.geo.fields import bbox_columns

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


ROUNDING = 3e-7  # of one side, relative: single precision
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


def _indexed_geometries(app: AppConfig) -> Iterator[tuple[type[models.Model], str]]:
    for model in app.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from ((model, column) for column in indexed_columns(model))


def indexed_columns(model: type[models.Model]) -> Iterator[str]:
    """Yield the geometry columns of a model that have an index."""
    for index in model._meta.indexes:
        if isinstance(index, GeometryIndex):
            field = model._meta.get_field(index.fields[0])
            if field in model._meta.local_fields:
                yield str(field.column)


def wrong_in_tree(
    connection: BaseDatabaseWrapper, model: type[models.Model], column: str
) -> Iterator[int]:
    """Yield the keys of rows that the R*Tree lacks, holds elsewhere or has too many.

    The tree keeps four bytes a side, rounded outwards.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    pk = f"{table}.{quote(str(model._meta.pk.column))}"
    tree = quote(tree_name(model._meta.db_table, column))
    xmin, ymin, xmax, ymax = (quote(name) for name in bbox_columns(column))
    wrong = [
        *(_not_below(*names) for names in (("xmin", xmin), ("ymin", ymin))),
        *(_not_above(*names) for names in (("xmax", xmax), ("ymax", ymax))),
    ]
    statements = (
        f"SELECT {pk} FROM {table} LEFT JOIN {tree} t ON t.id = {pk} "  # noqa: S608
        f"WHERE {xmin} IS NOT NULL AND (t.id IS NULL OR {' OR '.join(wrong)})",
        f"SELECT t.id FROM {tree} t LEFT JOIN {table} ON {pk} = t.id "  # noqa: S608
        f"WHERE {xmin} IS NULL",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            yield from (key for (key,) in cursor.fetchall())


def _not_below(side: str, column: str) -> str:
    low = f"{column} - abs({column}) * {ROUNDING} - {ROUNDING}"
    return f"NOT (t.{side} BETWEEN {low} AND {column})"


def _not_above(side: str, column: str) -> str:
    high = f"{column} + abs({column}) * {ROUNDING} + {ROUNDING}"
    return f"NOT (t.{side} BETWEEN {column} AND {high})"


@contextmanager
def filled_afterwards(
    connection: BaseDatabaseWrapper, model: type[models.Model], keys: Sequence[int]
) -> Iterator[None]:
    """Insert many rows in the block; their boxes go into the trees together at its end.

    In order of place, neighbours meet in the same node: half the work of one by one in
    the order of the file. Call it in the transaction that inserts the rows.

    Args:
        keys: Primary keys of the rows, one after another without any other between.
    """
    table = model._meta.db_table
    parts = [
        _Parts(connection, model, column)
        for column in indexed_columns(model)
        if has_tree(connection, table, column)
    ]
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(part.drop_insert_trigger)
        yield
        for part in parts:
            cursor.execute(part.fill_between, [keys[0], keys[-1]])
            cursor.execute(part.insert_trigger)


def _build(
    connection: BaseDatabaseWrapper, model: type[models.Model], column: str
) -> None:
    part = _Parts(connection, model, column)
    with connection.cursor() as cursor:
        for statement in (*part.drop, part.create, part.fill, *part.triggers):
            cursor.execute(statement)


class _Parts:
    """The statements that make, fill and follow the tree over one column."""

    def __init__(
        self, connection: BaseDatabaseWrapper, model: type[models.Model], column: str
    ) -> None:
        quote = connection.ops.quote_name
        table, pk = quote(model._meta.db_table), quote(str(model._meta.pk.column))
        sides = [quote(name) for name in bbox_columns(column)]
        xmin, ymin, xmax, ymax = sides
        name = tree_name(model._meta.db_table, column)
        tree = quote(name)
        insert, update, delete = (quote(trigger) for trigger in _trigger_names(name))
        new = f"SELECT NEW.{pk}, NEW.{xmin}, NEW.{xmax}, NEW.{ymin}, NEW.{ymax}"
        add = f"INSERT INTO {tree} {new} WHERE NEW.{xmin} IS NOT NULL;"
        remove = f"DELETE FROM {tree} WHERE id = OLD.{pk};"  # noqa: S608
        self.drop = [f"DROP TRIGGER IF EXISTS {t}" for t in (insert, update, delete)]
        self.drop_insert_trigger = self.drop[0]
        self.drop.append(f"DROP TABLE IF EXISTS {tree}")
        self.create = (
            f"CREATE VIRTUAL TABLE {tree} USING rtree(id, {', '.join(_SIDES)})"
        )
        # Rows of land a twentieth of a degree high, each from west to east.
        order = f"ORDER BY CAST({ymin} * 20 AS INTEGER), {xmin}"
        given = (
            f"INSERT INTO {tree} SELECT {pk}, {xmin}, {xmax}, {ymin}, {ymax} "  # noqa: S608
            f"FROM {table} WHERE {xmin} IS NOT NULL"
        )
        self.fill = f"{given} {order}"
        self.fill_between = f"{given} AND {pk} BETWEEN %s AND %s {order}"
        self.insert_trigger = (
            f"CREATE TRIGGER {insert} AFTER INSERT ON {table} BEGIN {add} END"
        )
        self.triggers = (
            self.insert_trigger,
            f"CREATE TRIGGER {update} AFTER UPDATE OF {pk}, {', '.join(sides)} "
            f"ON {table} BEGIN {remove} {add} END",
            f"CREATE TRIGGER {delete} AFTER DELETE ON {table} BEGIN {remove} END",
        )
