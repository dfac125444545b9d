"""Pages of features as GeoJSON bytes, without a model instance on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import shapely

from safelane.core.collections.rows import Params, Rows, total
from safelane.core.geo.cells import meets_sql, reaching_in
from safelane.core.geo.lookups import Sides
from safelane.core.geo.measure import Bounds, split_bounds
from safelane.core.geo.values import to_wkb
from safelane.core.ogc import encode
from safelane.core.ogc.params import Interval, ItemsQuery
from safelane.core.scope import Precision

COUNT_LIMIT = 1_000
MANY = 5 * COUNT_LIMIT
WALK, LONG_WALK = 500, 5_000
ROW: Sides = ("_w", "_s", "_e", "_n")
TREE: Sides = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True)
class Page:
    """Some features, encoded and joined by commas.

    Args:
        matched: How many there are in all; None when that was not counted.
        next_after: Key to continue after, or None on the last page.
    """

    features: bytes
    returned: int
    matched: int | None
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over the columns of :class:`Rows`, with its values."""

    sql: str = ""
    params: Params = ()

    def __and__(self, other: Condition) -> Condition:
        joined = " AND ".join(part for part in (self.sql, other.sql) if part)
        return Condition(joined, self.params + other.params)

    def where(self, *more: str) -> str:
        parts = [part for part in (self.sql, *more) if part]
        return f" WHERE {' AND '.join(parts)}" if parts else ""


def read_page(rows: Rows, query: ItemsQuery) -> Page:
    """Return one page in the order of registration.

    Up to 1,000 matches of a box or an interval are counted exactly; beyond that, or
    where the next rows show that there are likely many times more, ``matched`` is None.
    Without box and interval the count is exact and up to a minute old.
    """
    if rows.sql is None:
        return Page(b"", 0, 0, None)
    during = _during(rows, query.interval)
    condition = _box(rows, query.bbox) & during
    if not condition.sql:
        found = _ordered(rows, condition, query)
        return _page(rows, found, query, total(rows))
    near = _box(_bare(rows), query.bbox) & during
    if keys := _keys_among_many(rows, near, query):
        return _page(rows, _by_keys(rows, keys, query), query, None)
    counted, found = _counted(rows, _matches(rows, condition, during, query), query)
    if counted <= COUNT_LIMIT:
        return _page(rows, found, query, counted)
    return _page(rows, _first(rows, condition, near, query), query, None)


def _bare(rows: Rows) -> Rows:
    """Return the rows without their tree, which is read whole also for few rows."""
    return replace(rows, tree="")


def read_item(rows: Rows, fid: str, query: ItemsQuery) -> bytes | None:
    """Return one feature, or None when it is not among the rows."""
    try:
        key = rows.key(fid)
    except ValueError:
        return None
    if rows.sql is None:
        return None
    columns = encode.columns(rows, query.crs)
    sql = f"SELECT {columns} FROM ({rows.sql}) r WHERE _fid = %s"  # noqa: S608
    found = rows.fetch(sql, (*rows.params, key), prepared=True)
    return encode.features(rows, found, query.crs) if found else None


def _page(
    rows: Rows, found: list[tuple[Any, ...]], query: ItemsQuery, matched: int | None
) -> Page:
    shown = found[: query.limit]
    return Page(
        features=encode.features(rows, shown, query.crs),
        returned=len(shown),
        matched=matched,
        next_after=shown[-1][0] if len(found) > len(shown) else None,
    )


def _ordered(
    rows: Rows, condition: Condition, query: ItemsQuery
) -> list[tuple[Any, ...]]:
    """Read the page in key order."""
    after = "_pk > %s" if query.after else ""
    sql = (
        f"SELECT {encode.columns(rows, query.crs)} FROM ({rows.sql}) r"  # noqa: S608
        f"{condition.where(after)} ORDER BY _pk LIMIT %s"
    )
    keys = (query.after,) if query.after else ()
    return rows.fetch(sql, (*rows.params, *condition.params, *keys, query.limit + 1))


def _matches(
    rows: Rows, condition: Condition, during: Condition, query: ItemsQuery
) -> Condition:
    """Return a select of the keys of all matches, which may be broken off early.

    SQLite collects all that ``IN`` holds at first, but joins the tree row by row.
    """
    boxes = split_bounds(query.bbox) if query.bbox else ()
    if not rows.tree or len(boxes) != 1 or not rows.exact:
        sql = f"SELECT _pk FROM ({rows.keys_sql}) s{condition.where()}"  # noqa: S608
        return Condition(sql, rows.keys_params + condition.params)
    inside = _touching(TREE, boxes[0]) & _meeting(TREE, boxes[0]) & during
    sql = (
        f"SELECT _pk FROM {rows.tree} CROSS JOIN ({rows.keys_sql}) s"  # noqa: S608
        f"{inside.where('_pk = id')}"
    )
    return Condition(sql, rows.keys_params + inside.params)


def _touching(sides: Sides, box: Bounds) -> Condition:
    """Return "the box of the row touches ``box``"."""
    (w, s, e, n), (west, south, east, north) = sides, box
    sql = f"{w} <= %s AND {e} >= %s AND {s} <= %s AND {n} >= %s"
    return Condition(sql, (east, west, north, south))


def _inside(sides: Sides, box: Bounds) -> Condition:
    (w, s, e, n), (west, south, east, north) = sides, box
    sql = f"{w} >= %s AND {e} <= %s AND {s} >= %s AND {n} <= %s"
    return Condition(sql, (west, east, south, north))


def _meeting(sides: Sides, box: Bounds) -> Condition:
    """Return "within ``box``, or meeting it", on SQLite; its tree rounds outward."""
    inside = _inside(sides, box)
    sql = f"(({inside.sql}) OR ST_Intersects(_geom, %s))"
    return Condition(sql, (*inside.params, to_wkb(shapely.box(*box))))


def _counted(
    rows: Rows, matches: Condition, query: ItemsQuery
) -> tuple[int, list[tuple[Any, ...]]]:
    """Find the keys of all matches and read the page; above the limit only count.

    The count stands before the columns of each row, and alone where no row follows.
    """
    sql = (
        f"WITH k AS MATERIALIZED ({matches.sql} LIMIT {COUNT_LIMIT + 1}), "  # noqa: S608
        "p AS MATERIALIZED (SELECT _pk AS _key FROM k WHERE _pk > %s "
        f"AND (SELECT count(*) FROM k) <= {COUNT_LIMIT} ORDER BY _pk LIMIT %s) "
        f"SELECT n, {encode.columns(rows, query.crs)} "
        "FROM (SELECT count(*) AS n FROM k) c "
        f"LEFT JOIN (p JOIN ({rows.sql}) r ON _pk = _key) ON true ORDER BY _pk"
    )
    params = (*matches.params, query.after, query.limit + 1, *rows.params)
    found = rows.fetch(sql, params, prepared=rows.exact)
    return found[0][0], [row[1:] for row in found if row[1] is not None]


def _first(
    rows: Rows, condition: Condition, near: Condition, query: ItemsQuery
) -> list[tuple[Any, ...]]:
    """Read the page of a condition that many rows meet.

    They are likely among the next rows in order; only where they are not, all matches
    are found and sorted.

    Args:
        near: The same condition, put so that it is cheap for a few rows.
    """
    keys = _walked(rows, near, query, LONG_WALK, most=query.limit + 1)
    if len(keys) > query.limit:
        return _by_keys(rows, keys, query)
    return _ordered(rows, condition, query)


def _keys_among_many(rows: Rows, near: Condition, query: ItemsQuery) -> list[int]:
    """Return the keys of the page on SQLite, if so many rows match that none counts.

    To count a thousand of them would take several times as long as the page. Judged by
    rows in scope only, so that nothing is told of others.
    """
    if not rows.tree or query.limit >= WALK:
        return []
    keys = _walked(rows, near, query, WALK, most=WALK)
    if len(keys) <= query.limit or len(keys) * total(rows) < MANY * WALK:
        return []
    return keys[: query.limit + 1]


def _walked(
    rows: Rows, near: Condition, query: ItemsQuery, length: int, *, most: int
) -> list[int]:
    """Return the first matches among the next so many rows, as keys in order."""
    sql = (
        f"SELECT _pk FROM (SELECT * FROM ({rows.keys_sql}) s WHERE _pk > %s "  # noqa: S608
        f"ORDER BY _pk LIMIT {length}) r{near.where()} ORDER BY _pk LIMIT %s"
    )
    params = (*rows.keys_params, query.after, *near.params, most)
    found = rows.fetch(sql, params)
    return [row[0] for row in found]


def _by_keys(rows: Rows, page: list[int], query: ItemsQuery) -> list[tuple[Any, ...]]:
    if not page:
        return []
    columns = encode.columns(rows, query.crs)
    if rows.vendor == "postgresql":
        values: list[Any] = [page]
        chosen = "= ANY(%s::bigint[])"
    else:
        chosen, values = f"IN ({','.join('%s' for _key in page)})", [*page]
    sql = (
        f"SELECT {columns} FROM ({rows.sql}) r WHERE _pk {chosen} "  # noqa: S608
        "ORDER BY _pk"
    )
    return rows.fetch(sql, (*rows.params, *values), prepared=True)


def _box(rows: Rows, bbox: Bounds | None) -> Condition:
    """Return "the shown geometry intersects the box"."""
    return Condition() if bbox is None else shown_in(rows, bbox, touches=True)


def shown_in(rows: Rows, bbox: Bounds, *, touches: bool) -> Condition:
    """Return "what is shown of the row lies in the box, or meets it".

    Args:
        touches: Compare exact geometries; otherwise the box around them.
    """
    if rows.exact:
        return _any_box(rows, bbox, touches=touches)
    near = _any_box(rows, reaching_in(bbox), touches=False)
    exact = _any_box(_bare(rows), bbox, touches=touches)
    cell, sides = meets_sql(rows.vendor, ROW, bbox)
    either = (
        f"((_p = {Precision.EXACT:d} AND {exact.sql}) "
        f"OR (_p = {Precision.CELL:d} AND {cell}))"
    )
    return near & Condition(either, (*exact.params, *sides))


def _any_box(rows: Rows, bbox: Bounds, *, touches: bool) -> Condition:
    parts = [_one_box(rows, box, touches=touches) for box in split_bounds(bbox)]
    sql = " OR ".join(f"({part.sql})" for part in parts)
    params: Params = tuple(value for part in parts for value in part.params)
    return Condition(f"({sql})", params)


def _one_box(rows: Rows, box: Bounds, *, touches: bool) -> Condition:
    if rows.vendor == "postgresql":
        envelope = "ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
        if not touches:
            return Condition(f"_geom && {envelope}", box)
        # Not ST_Intersects: it would bring its own index condition into the OR and
        # mislead the planner.
        inside = _inside(ROW, box)
        shape = (
            f"CASE WHEN {inside.sql} THEN TRUE "
            f"ELSE NOT ST_Disjoint(_geom, {envelope}) END"
        )
        sql = f"_geom && {envelope} AND {shape}"
        return Condition(sql, (*box, *inside.params, *box))
    condition = _touching(ROW, box)
    if rows.tree:
        tree = _touching(TREE, box)
        chosen = f"_pk IN (SELECT id FROM {rows.tree}{tree.where()})"  # noqa: S608
        condition = Condition(chosen, tree.params) & condition
    return condition & _meeting(ROW, box) if touches else condition


def _during(rows: Rows, interval: Interval | None) -> Condition:
    """Return "has no date, or lies in the interval" (Part 1, 7.15.4)."""
    if interval is None or not rows.collection.datetime:
        return Condition()
    start, end = interval
    condition = Condition()
    if start is not None:
        condition &= Condition("_at >= %s", (_edge(rows, start),))
    if end is not None:
        condition &= Condition("_at <= %s", (_edge(rows, end),))
    if not condition.sql:
        return condition
    return Condition(f"(_at IS NULL OR ({condition.sql}))", condition.params)


def _edge(rows: Rows, moment: datetime) -> date | datetime | str:
    if rows.collection.type_of(rows.collection.datetime) == "date":
        return moment.date()
    if rows.vendor == "sqlite":
        return moment.replace(tzinfo=None).isoformat(" ")
    return moment
