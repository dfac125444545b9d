"""Tiles built by shapely: for SQLite, and for rows shown less than exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from safelane.core.collections.rows import Rows
from safelane.core.geo.cells import cell_bounds_many
from safelane.core.ogc import encode
from safelane.core.ogc.features import shown_in
from safelane.core.scope import Precision
from safelane.core.tiles.grid import (
    BUFFER,
    CELLS,
    EXTENT,
    SMALL_UNITS,
    THIN_UNITS,
    Tile,
)

Feature = dict[str, Any]


@dataclass(frozen=True)
class _Found:
    """Rows of a tile: boxes (n, 4), precision (n,), WKB where large, properties."""

    boxes: NDArray[np.float64]
    precision: NDArray[np.int_]
    shapes: list[bytes | None]
    properties: list[dict[str, Any]]


def read_tile(rows: Rows, tile: Tile) -> bytes:
    """Return the encoded tile; ``b""`` when it is empty."""
    found = _find(rows, tile)
    if found is None:
        return b""
    drawn = _drawn(found, tile)
    features = [*drawn.values(), *_points(found, tile, set(drawn))]
    if not features:
        return b""
    encoded: bytes = mapbox_vector_tile.encode(
        [{"name": rows.collection.name, "features": features}],
        default_options={"y_coord_down": True, "extents": EXTENT},
    )
    return encoded


def _find(rows: Rows, tile: Tile) -> _Found | None:
    if rows.sql is None:
        return None
    items = [
        (i, item) for i, item in enumerate(rows.collection.fields) if item.in_tiles
    ]
    names = "".join(f", _f{i}" for i, _item in items)
    across, down = tile.units_per_degree
    large = f"(_e - _w) * {across!r} >= {SMALL_UNITS} OR (_n - _s) * {down!r} >= {SMALL_UNITS}"  # noqa: E501
    shape = "ST_AsBinary(_geom)" if rows.vendor == "postgresql" else "_geom"
    level = "0" if rows.exact else "_p"
    box = shown_in(rows, tile.buffered, touches=False)
    # As an index finds them, neighbours would stand beside each other.
    order = "" if rows.exact else " ORDER BY _pk"
    sql = (
        f"SELECT _fid, _w, _s, _e, _n, {level}, "  # noqa: S608
        f"CASE WHEN {large} THEN {shape} END{names} FROM ({rows.sql}) r{box.where()}"
        f"{order}"
    )
    found = rows.fetch(sql, (*rows.params, *box.params))
    if not found:
        return None
    return _Found(
        *_shown_boxes(found),
        shapes=[None if row[5] else row[6] for row in found],
        properties=[_properties(row, items) for row in found],
    )


def _shown_boxes(
    found: list[tuple[Any, ...]],
) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Return the boxes as they may be shown: coarse rows get their 1 km cell."""
    boxes = np.array([row[1:5] for row in found], dtype=np.float64)
    precision = np.array([row[5] for row in found], dtype=np.int_)
    coarse = precision == Precision.CELL
    if coarse.any():
        centre_x = (boxes[coarse, 0] + boxes[coarse, 2]) / 2
        centre_y = (boxes[coarse, 1] + boxes[coarse, 3]) / 2
        boxes[coarse] = cell_bounds_many(centre_x, centre_y)
    return boxes, precision


def _properties(row: tuple[Any, ...], items: list[tuple[int, Any]]) -> dict[str, Any]:
    values = {
        item.name: encode.shown_value(item, value, row[5])
        for (_index, item), value in zip(items, row[7:], strict=True)
    }
    shown = {name: value for name, value in values.items() if value is not None}
    return {"uid": str(encode.fid_text(row[0])), "count": 1, **shown}


def _drawn(found: _Found, tile: Tile) -> dict[int, Feature]:
    """Return the rows that are large enough, clipped to the tile with its margin.

    Returns:
        Number of the row -> its feature.
    """
    across, down = tile.units_per_degree
    width = (found.boxes[:, 2] - found.boxes[:, 0]) * across
    height = (found.boxes[:, 3] - found.boxes[:, 1]) * down
    large = np.flatnonzero(np.maximum(width, height) >= SMALL_UNITS)
    if not len(large):
        return {}
    shapes: Any = np.array([_shape(found, int(i)) for i in large], dtype=object)
    moved = _thin_as_lines(shapely.transform(shapes, tile.to_units))
    edges = (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    clipped = shapely.intersection(shapely.make_valid(moved), shapely.box(*edges))
    snapped = shapely.set_precision(clipped, 1.0)
    kept = shapely.get_dimensions(snapped) == shapely.get_dimensions(moved)
    return {
        int(i): {"geometry": shape, "properties": found.properties[i]}
        for i, shape, keep in zip(large, snapped, kept, strict=True)
        if keep and not shape.is_empty
    }


def _thin_as_lines(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons with those too thin to be drawn replaced by their outlines."""
    around = np.maximum(shapely.length(shapes), 1e-9)
    narrow = 2 * shapely.area(shapes) / around < THIN_UNITS
    thin = narrow & (shapely.get_dimensions(shapes) == 2)
    shapes[thin] = shapely.boundary(shapes[thin])
    return shapes


def _shape(found: _Found, index: int) -> Any:
    wkb = found.shapes[index]
    if wkb is None:
        return shapely.box(*found.boxes[index])
    return shapely.from_wkb(bytes(wkb))


def _points(found: _Found, tile: Tile, drawn: set[int]) -> list[Feature]:
    """Return what is too small to draw: each as a point, or counted by cell."""
    lon = (found.boxes[:, 0] + found.boxes[:, 2]) / 2
    lat = (found.boxes[:, 1] + found.boxes[:, 3]) / 2
    mine = [int(i) for i in np.flatnonzero(tile.holds(lon, lat)) if i not in drawn]
    places = np.column_stack([lon, lat])
    if not tile.clusters:
        units: Any = tile.to_units(places[mine]) if mine else []
        return [
            _point(unit, found.properties[i])
            for i, unit in zip(mine, units, strict=True)
        ]
    groups: dict[Any, list[int]] = {}
    west, south, east, north = tile.bounds
    for i in mine:
        column = int((lon[i] - west) / (east - west) * CELLS)
        line = int((lat[i] - south) / (north - south) * CELLS)
        kind = found.properties[i].get("kind")
        groups.setdefault((column, line, kind), []).append(i)
    return [_group(found, tile, places, members) for members in groups.values()]


def _group(
    found: _Found, tile: Tile, places: NDArray[np.float64], members: list[int]
) -> Feature:
    middle = places[members].mean(axis=0, keepdims=True)
    unit = tile.to_units(middle)[0]
    first = found.properties[members[0]]
    if len(members) == 1:
        return _point(unit, first)
    shared = {"kind": first["kind"]} if "kind" in first else {}
    return _point(unit, {**shared, "count": len(members)})


def _point(unit: Any, properties: dict[str, Any]) -> Feature:
    x, y = (int(np.floor(value)) for value in unit)
    return {"geometry": shapely.Point(x, y), "properties": properties}
