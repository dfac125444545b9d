"""Layers of a map as a page hands them to ``map.js``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.scope import Precision

Feature = dict[str, Any]


def tile_layer(kind: str, collection: str, **extra: Any) -> dict[str, Any]:
    """Return a layer of vector tiles; the reader's filters go with each request."""
    tiles = f"/tiles/{collection}/{{z}}/{{x}}/{{y}}.mvt"
    return {"kind": kind, "tiles": tiles, "name": collection, **extra}


def data_layer(kind: str, features: Sequence[Feature]) -> dict[str, Any]:
    """Return a layer whose features travel with the page."""
    data = {"type": "FeatureCollection", "features": list(features)}
    return {"kind": kind, "data": data}


def feature(geometry: BaseGeometry | None, **properties: Any) -> Feature:
    """Return a GeoJSON feature with short coordinates (7 digits, about 1 cm)."""
    shape = None
    if geometry is not None:
        rounded = shapely.set_precision(geometry, 1e-7, mode="pointwise")
        shape = shapely.geometry.mapping(rounded)
    return {"type": "Feature", "geometry": shape, "properties": properties}


def roughness(levels: Iterable[int]) -> str:
    """Return whether ``some`` or ``all`` shapes of a layer are cells; "" for none."""
    found = set(levels)
    if Precision.CELL not in found:
        return ""
    return "some" if Precision.EXACT in found else "all"
