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
    """Rows of a tile: boxes (n, 4) as shown, WKB where large and exact, properties."""

    boxes: NDArray[np.float64]
    shapes: list[bytes | None]
    properties: list[dict[str, Any]]


def read_tile(rows: Rows, tile: Tile) -> bytes:
    """Return the encoded tile; ``b""`` when it is empty."""
    found = None if rows.sql is None else _find(rows, tile)
    if found is None:
        return b""
    drawn = _drawn(found, tile)
    features = [*drawn.values(), *_points(found, tile, set(drawn))]
    encoded: bytes = mapbox_vector_tile.encode(
        [{"name": rows.collection.name, "features": features}],
        default_options={"y_coord_down": True, "extents": EXTENT},
    )
    return encoded if features else b""


def _find(rows: Rows, tile: Tile) -> _Found | None:
    items = [(i, it) for i, it in enumerate(rows.collection.fields) if it.in_tiles]
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
    boxes = np.array([row[1:5] for row in found], dtype=np.float64)
    precision = np.array([row[5] for row in found], dtype=np.int_)
    coarse = precision == Precision.CELL  # these are shown as their 1 km cell
    if coarse.any():
        west, south, east, north = boxes[coarse].T
        boxes[coarse] = cell_bounds_many((west + east) / 2, (south + north) / 2)
    return _Found(
        boxes,
        shapes=[None if row[5] or not row[6] else bytes(row[6]) for row in found],
        properties=[_properties(row, items) for row in found],
    )


def _properties(row: tuple[Any, ...], items: list[tuple[int, Any]]) -> dict[str, Any]:
    values = {
        item.name: encode.shown_value(item, value, row[5])
        for (_index, item), value in zip(items, row[7:], strict=True)
    }
    shown = {name: value for name, value in values.items() if value is not None}
    if row[5] == Precision.CELL:
        shown["rough"] = True  # a cell is drawn so that nobody takes it for an outline
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
    shapes: Any = shapely.from_wkb([found.shapes[i] for i in large])
    lost = shapely.is_missing(shapes)
    shapes[lost] = shapely.box(*found.boxes[large[lost]].T)
    moved = shapely.transform(shapes, tile.to_units)
    # Polygons that are too thin to be drawn are shown by their outlines.
    narrow = 2 * shapely.area(moved) < THIN_UNITS * shapely.length(moved)
    thin = narrow & (shapely.get_dimensions(moved) == 2)
    moved[thin] = shapely.boundary(moved[thin])
    edges = (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    clipped = shapely.intersection(shapely.make_valid(moved), shapely.box(*edges))
    snapped = shapely.set_precision(clipped, 1.0)
    kept = shapely.get_dimensions(snapped) == shapely.get_dimensions(moved)
    return {
        int(i): {"geometry": shape, "properties": found.properties[i]}
        for i, shape, keep in zip(large, snapped, kept, strict=True)
        if keep and not shape.is_empty
    }


def _points(found: _Found, tile: Tile, drawn: set[int]) -> list[Feature]:
    """Return what is too small to draw: each as a point, or counted by cell."""
    lon = (found.boxes[:, 0] + found.boxes[:, 2]) / 2
    lat = (found.boxes[:, 1] + found.boxes[:, 3]) / 2
    west, south, east, north = tile.bounds
    groups: dict[Any, list[int]] = {}
    for i in np.flatnonzero(tile.holds(lon, lat)).tolist():
        if i not in drawn:
            column = int((lon[i] - west) / (east - west) * CELLS)
            line = int((lat[i] - south) / (north - south) * CELLS)
            cell = column, line, found.properties[i].get("kind")
            groups.setdefault(cell if tile.clusters else i, []).append(i)
    if not groups:
        return []
    places = np.column_stack([lon, lat])
    middles = np.array([places[of].mean(axis=0) for of in groups.values()])
    units = np.floor(tile.to_units(middles)).astype(int).tolist()
    features = []
    for (x, y), members in zip(units, groups.values(), strict=True):
        said = found.properties[members[0]]
        if len(members) > 1:
            kind = {"kind": said["kind"]} if "kind" in said else {}
            said = kind | {"count": len(members)}
        features.append({"geometry": shapely.Point(x, y), "properties": said})
    return features
