"""Shapes written as text: WKT, GeoJSON, hexadecimal WKB, and the traces of ODK."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import shapely

from safelane.exchange.files.reading import Geometries

# Of ODK and Kobo: latitude, longitude and what they measured besides, point by point.
TRACE = re.compile(r"\s*(-?\d+(\.\d+)?( -?\d+(\.\d+)?){1,3}\s*(;\s*|$)){2,}")


def from_trace(text: str) -> str:
    """Return the WKT of a geoshape, which ends where it begins, or of a geotrace."""
    points = [point.split() for point in text.split(";") if point.strip()]
    told = ", ".join(f"{lon} {lat}" for lat, lon, *_more in points)
    is_shape = len(points) > 3 and points[0][:2] == points[-1][:2]
    return f"POLYGON (({told}))" if is_shape else f"LINESTRING ({told})"


def shapes_of(given: Geometries) -> Geometries:
    """Return the shapely geometries of texts; None where one cannot be read."""
    shapes: Geometries = np.full(len(given), None, dtype=object)
    starts = np.array([(text or "").lstrip()[:1] for text in given])
    for kind, read in _READ_SHAPE.items():
        here = np.isin(starts, list(kind)) if kind else ~np.isin(starts, list("{01"))
        shapes[here] = _read(read, given[here])
    return shapes


def _read(read: Callable[..., Geometries], texts: Geometries) -> Geometries:
    """Read all at once, or one by one where the library stops at one, as at curves."""
    try:
        return read(texts, on_invalid="ignore")
    except NotImplementedError:
        if len(texts) == 1:
            return np.full(1, None, dtype=object)
        return np.concatenate(
            [_read(read, texts[i : i + 1]) for i in range(len(texts))]
        )


_READ_SHAPE: dict[str, Callable[..., Geometries]] = {
    "": shapely.from_wkt,
    "{": shapely.from_geojson,
    "01": shapely.from_wkb,
}
