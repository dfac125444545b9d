"""Coordinate systems of requests and answers (OGC API Features Part 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from pyproj import Transformer

from safelane.core.geo.measure import Bounds, transformer
from safelane.core.ogc.values import BadParameter

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SUPPORTED = (
    CRS84,
    WGS84,
    f"{_EPSG}3857",
    *(f"{_EPSG}{code}" for code in (32638, 32639, 32647, 32648, 32649)),
)


def checked(uri: str, parameter: str) -> str:
    """Return ``uri`` if answers can be given in it.

    Raises:
        BadParameter: It is not in the list.
    """
    uri = uri.strip("[]")
    if uri not in SUPPORTED:
        raise BadParameter(
            _("“%(uri)s” is not offered as %(name)s. The collection lists what is.")
            % {"uri": uri, "name": parameter}
        )
    return uri


def _to(uri: str) -> Transformer:
    return transformer("OGC:CRS84", f"EPSG:{uri.rsplit('/', 1)[1]}")


def from_crs84(geometries: NDArray[np.object_], uri: str) -> NDArray[np.object_]:
    """Return the geometries in the axis order and units of ``uri``."""
    if uri == CRS84:
        return geometries

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        if uri == WGS84:
            return points[:, ::-1]
        return np.column_stack(_to(uri).transform(points[:, 0], points[:, 1]))

    moved: Any = shapely.transform(geometries, move)
    return np.asarray(moved, dtype=object)


def bounds_to_crs84(bounds: Bounds, uri: str) -> Bounds:
    """Return a box given in ``uri`` as west, south, east, north in degrees."""
    if uri == CRS84:
        return bounds
    if uri == WGS84:
        south, west, north, east = bounds
        return west, south, east, north
    west, south, east, north = _to(uri).transform_bounds(*bounds, direction="INVERSE")
    return west, south, east, north


def digits_for(uri: str) -> int:
    """Return how many decimals a coordinate of ``uri`` needs: about a centimetre."""
    return 7 if uri in (CRS84, WGS84) else 2
