"""One SQL statement per page: scope compiled once, values put in per request.

The rows of a collection are compiled by the ORM to a sub-select of short columns; the
database pulls it up, so that its indexes work through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import F, Field, Func, Q, QuerySet

from safelane.core.cache import Cache
from safelane.core.collections.catalogue import Collection
from safelane.core.collections.prepared import fetch_prepared
from safelane.core.geo import rtree
from safelane.core.geo.fields import bbox_columns
from safelane.core.scope import Actor

Params = tuple[Any, ...]
ID, GEOMETRY = "uid", "geometry"


class Raw(Func):
    """The bare column, so that PostGIS values stay geometries inside the statement."""

    template = "(%(expressions)s)"

    def __init__(self, path: str) -> None:
        super().__init__(F(path), output_field=Field())


@dataclass(frozen=True, slots=True)
class Rows:
    """A compiled sub-select: ``_pk, _fid, _geom, _w, _s, _e, _n, _at, _p, _f0, ...``.

    Args:
        sql: All columns; None when no row can be in scope.
        keys_sql, keys_params: The same rows without properties, and so without their
            joins.
        vendor: ``"sqlite"`` or ``"postgresql"``.
        alias: Database to ask.
        exact: Every row may be shown exactly; otherwise ``p`` is its precision.
        kept: Compiled once for many requests, so that plans may be kept as well.
    """

    collection: Collection
    sql: str | None
    keys_sql: str
    keys_params: Params
    params: Params
    vendor: str
    alias: str
    exact: bool
    tree: str
    id_field: Any
    kept: bool

    def key(self, fid: str) -> Any:
        """Return a feature id as the database holds it.

        Raises:
            ValueError: It cannot be an id of this collection.
        """
        connection = connections[self.alias]
        try:
            value = self.id_field.to_python(fid)
        except ValidationError as error:
            raise ValueError(fid) from error
        return self.id_field.get_db_prep_value(value, connection)

    def fetch(
        self, sql: str, params: Params, *, prepared: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the answer to ``sql``.

        Args:
            prepared: Let PostgreSQL keep one plan for all values; planning takes
                longer than a small answer, and knowing a large box it would collect
                every match before the first. Not for statements whose best plan
                depends on the values.
        """
        connection = connections[self.alias]
        if self.vendor == "postgresql":
            _run_alone(connection)
        if prepared and self.kept and self.vendor == "postgresql":
            return fetch_prepared(connection, sql, params)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())


def _run_alone(connection: Any) -> None:
    """Keep reads in one process and uncompiled: both take longer than the reads do.

    Kept plans are those of :meth:`Rows.fetch` only; Django prepares nothing. Once per
    connection of a thread that serves such reads.
    """
    connection.ensure_connection()
    if connection.__dict__.get("_safelane_alone") is not connection.connection:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET max_parallel_workers_per_gather = 0; SET jit = off;"
                "SET plan_cache_mode = force_generic_plan"
            )
        connection.__dict__["_safelane_alone"] = connection.connection


# The last few compiled sub-selects, by collection and scope.
_compiled: Cache[Rows] = Cache(512)


def scope_key(actor: Actor) -> tuple[Any, ...]:
    """Return what decides which rows an actor sees, and how exactly."""
    return actor.kind, actor.user_id, actor.grants, actor.on


def rows_for(
    collection: Collection,
    actor: Actor,
    *,
    query: Mapping[str, Any] | None = None,
    condition: Q | None = None,
    tiled: bool = False,
) -> Rows:
    """Return the rows of a collection that ``actor`` sees.

    Args:
        query: Filters that the collection's app understands.
        condition: A further condition; with it or ``query`` nothing is cached.
        tiled: The rows of its vector tiles.
    """
    among = (collection.tiled if tiled else None) or collection.queryset
    if query or condition:
        seen = among(actor, query or {}).filter(condition or Q())
        return _compile(collection, actor, seen, kept=False)
    key = (id(collection), tiled, scope_key(actor))
    return _compiled.get(
        key, lambda: _compile(collection, actor, among(actor, {}), kept=True)
    )


def _compile(
    collection: Collection, actor: Actor, seen: QuerySet[Any], *, kept: bool
) -> Rows:
    exact, queryset = collection.is_exact(actor), seen.order_by()
    connection = connections[queryset.db]
    keys = _key_columns(collection, exact)
    properties = {f"_f{i}": item.path for i, item in enumerate(collection.fields)}
    sql, params = _as_sql(queryset, keys | properties)
    keys_sql, keys_params = _as_sql(queryset, keys)
    return Rows(
        collection=collection,
        sql=sql,
        keys_sql=keys_sql or "",
        keys_params=keys_params,
        params=params,
        vendor=connection.vendor,
        alias=queryset.db,
        exact=exact,
        id_field=_id_field(queryset),
        kept=kept,
        tree=_tree(queryset.model, connection),
    )


def _as_sql(queryset: Any, columns: dict[str, str]) -> tuple[str | None, Params]:
    picked = queryset.values(**{alias: Raw(path) for alias, path in columns.items()})
    try:
        sql, params = picked.query.get_compiler(queryset.db).as_sql()
    except EmptyResultSet:
        return None, ()
    return sql, tuple(params)


def _key_columns(collection: Collection, exact: bool) -> dict[str, str]:
    box = zip("wsen", bbox_columns(GEOMETRY), strict=True)
    columns = {
        "_pk": "pk",
        "_fid": ID,
        "_geom": GEOMETRY,
        **{f"_{side}": name for side, name in box},
        "_at": collection.datetime or "pk",
    }
    return columns if exact else columns | {"_p": "precision"}


def _id_field(queryset: Any) -> Any:
    """Return the field of the ids, also where rows carry another row's as their own."""
    try:
        return queryset.model._meta.get_field(ID)
    except FieldDoesNotExist:
        return queryset.query.annotations[ID].output_field


def _tree(model: Any, connection: Any) -> str:
    """Return the R*Tree over the geometry on SQLite, or ""."""
    if connection.vendor != "sqlite":
        return ""
    table, column = model._meta.db_table, model._meta.get_field(GEOMETRY).column
    if not rtree.has_tree(connection, table, column):
        return ""
    return str(connection.ops.quote_name(rtree.tree_name(table, column)))


_counted: Cache[int] = Cache(1_000, seconds=60.0)
forget = _counted.clear


def total(rows: Rows) -> int:
    """Return the number of rows in scope; at most a minute old."""
    sql = f"SELECT count(*) FROM ({rows.keys_sql}) r"  # noqa: S608
    key = (rows.alias, rows.sql, rows.params)
    return _counted.get(key, lambda: int(rows.fetch(sql, rows.keys_params)[0][0]))
