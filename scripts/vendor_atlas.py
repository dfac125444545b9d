"""World borders: TopoJSON in, compact GeoJSON out, for a map without any network."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

DIGITS = 3  # about 100 m, finer than the 1:50,000,000 source


def countries_geojson(text: str) -> str:
    """Return the countries of a world-atlas TopoJSON as a GeoJSON FeatureCollection."""
    topology = json.loads(text)
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = topology["objects"]["countries"]["geometries"]
    features = [_feature(shape, arcs) for shape in shapes if shape.get("arcs")]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _arc(arc: list[list[int]], transform: dict[str, Any]) -> list[list[float]]:
    """Undo the delta encoding and the quantisation of one arc."""
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    xs = accumulate(point[0] for point in arc)
    ys = accumulate(point[1] for point in arc)
    return [
        [round(x * scale_x + move_x, DIGITS), round(y * scale_y + move_y, DIGITS)]
        for x, y in zip(xs, ys, strict=True)
    ]


def _feature(shape: dict[str, Any], arcs: list[list[list[float]]]) -> dict[str, Any]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    coordinates = [[_ring(ring, arcs) for ring in polygon] for polygon in polygons]
    return {
        "type": "Feature",
        "properties": {"name": shape["properties"]["name"], "iso": shape.get("id", "")},
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    }


def _ring(indices: list[int], arcs: list[list[list[float]]]) -> list[list[float]]:
    ring: list[list[float]] = []
    for index in indices:
        points = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(points[1:] if ring else points)
    return ring
