"""One tile in one PostGIS statement, for readers who may see everything exactly."""

from __future__ import annotations

from safelane.core.collections.catalogue import CollectionField
from safelane.core.collections.rows import Rows
from safelane.core.tiles.grid import (
    BUFFER,
    CELLS,
    EXTENT,
    SMALL_UNITS,
    THIN_UNITS,
    Tile,
)


def read_tile(rows: Rows, tile: Tile) -> bytes:
    """Return the encoded tile; ``b""`` when it is empty."""
    if rows.sql is None:
        return b""
    fields = [
        (f"_f{i}", item)
        for i, item in enumerate(rows.collection.fields)
        if item.in_tiles
    ]
    columns = ", ".join(_column(name, item) for name, item in fields)
    columns = f", {columns}" if columns else ""
    named = "".join(f', "{item.name}"' for _name, item in fields)
    sql = f"""
    WITH r AS NOT MATERIALIZED ({rows.sql}),
    t AS MATERIALIZED (
      SELECT _fid::text AS uid, (_w + _e) / 2 AS _x, (_s + _n) / 2 AS _y,
        greatest((_e - _w) * %(across)s, (_n - _s) * %(down)s) >= {SMALL_UNITS}
          AS _large,
        CASE WHEN greatest((_e - _w) * %(across)s, (_n - _s) * %(down)s)
          >= {SMALL_UNITS} THEN _geom END AS _shape{columns}
      FROM r
      WHERE _geom && ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s, 4326)
    ),
    drawn AS (
      SELECT uid, 1 AS count{named}, _x, _y, ST_AsMVTGeom(
        CASE WHEN ST_Dimension(_flat) = 2 AND 2 * ST_Area(_flat)
          < {THIN_UNITS} * %(unit)s * ST_Perimeter(_flat)
          THEN ST_UnaryUnion(ST_SnapToGrid(ST_Boundary(_flat), %(unit)s))
          ELSE _flat END,
        ST_TileEnvelope(%(z)s, %(tx)s, %(ty)s), {EXTENT}, {BUFFER}) AS geom
      FROM (SELECT *, ST_Transform(_shape, 3857) AS _flat FROM t WHERE _large) f
    ),
    spots AS (
      SELECT uid, 1 AS count{named}, _x, _y FROM t WHERE NOT _large
      UNION ALL SELECT uid, count{named}, _x, _y FROM drawn WHERE geom IS NULL
    ),
    own AS (
      SELECT * FROM spots WHERE _x >= %(west)s AND _x < %(east)s
        AND _y > %(south)s AND _y <= %(north)s
    ),
    points AS ({_points(tile, fields)}),
    features AS (
      SELECT uid, count{named}, geom FROM drawn WHERE geom IS NOT NULL
      UNION ALL SELECT uid, count{named}, ST_AsMVTGeom(ST_Transform(
        ST_SetSRID(ST_MakePoint(_x, _y), 4326), 3857),
        ST_TileEnvelope(%(z)s, %(tx)s, %(ty)s), {EXTENT}, {BUFFER}) FROM points
    )
    SELECT ST_AsMVT(features, %(name)s, {EXTENT}, 'geom')
    FROM features WHERE geom IS NOT NULL"""  # noqa: S608
    return _run(rows, sql, tile)


def _run(rows: Rows, sql: str, tile: Tile) -> bytes:
    """Bind by name around the positional parameters of the sub-select."""
    head, tail = sql.split(str(rows.sql), 1)
    across, down = tile.units_per_degree
    west, south, east, north = tile.bounds
    bw, bs, be, bn = tile.buffered
    values = {
        "across": across, "down": down, "west": west, "south": south, "east": east,
        "north": north, "bw": bw, "bs": bs, "be": be, "bn": bn, "z": tile.z,
        "tx": tile.x, "ty": tile.y, "name": rows.collection.name, "cells": CELLS,
        "unit": tile.metres_per_unit,
    }  # fmt: skip
    ordered, params = _positional(tail, values)
    found = rows.fetch(head + str(rows.sql) + ordered, (*rows.params, *params))
    return bytes(found[0][0] or b"") if found else b""


def _positional(sql: str, values: dict[str, object]) -> tuple[str, list[object]]:
    import re

    params: list[object] = []

    def place(match: re.Match[str]) -> str:
        params.append(values[match[1]])
        return "%s"

    return re.sub(r"%\((\w+)\)s", place, sql), params


def _column(name: str, item: CollectionField) -> str:
    kind = {"integer": "bigint", "number": "double precision", "boolean": "boolean"}
    return f'{name}::{kind.get(item.type, "text")} AS "{item.name}"'


def _points(tile: Tile, fields: list[tuple[str, CollectionField]]) -> str:
    """Return the statement that draws small things: each, or counted by cell."""
    if not tile.clusters:
        return "SELECT * FROM own"
    group = [item.name for _name, item in fields if item.name == "kind"]
    only = "".join(_only(item, group) for _name, item in fields)
    grouped = "".join(f', "{name}"' for name in group)
    return f"""
      SELECT CASE WHEN count(*) = 1 THEN min(uid) END AS uid,
        sum(count)::bigint AS count{only}, avg(_x) AS _x, avg(_y) AS _y
      FROM own GROUP BY
        floor((_x - %(west)s) / (%(east)s - %(west)s) * %(cells)s),
        floor((_y - %(south)s) / (%(north)s - %(south)s) * %(cells)s){grouped}"""  # noqa: S608


def _only(item: CollectionField, group: list[str]) -> str:
    if item.name in group:
        return f', "{item.name}"'
    reduced = "bool_and" if item.type == "boolean" else "min"
    return (
        f', CASE WHEN count(*) = 1 THEN {reduced}("{item.name}") END AS "{item.name}"'
    )
