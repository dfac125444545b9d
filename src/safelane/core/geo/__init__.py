"""Geometry for every model: field, lookups, indexes, measures, checks.

All values are shapely geometries in WGS 84, longitude first. Areas are geodesic.
"""

from safelane.core.geo.errors import (
    InvalidCoordinates,
    InvalidGeometry,
    InvalidTraverse,
    UnsafeGeometryUpdate,
)
from safelane.core.geo.fields import GeometryField, bbox_columns
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.geo.lookups import read_bounds
from safelane.core.geo.values import prepare_geometry, read_geometry, to_wkb

__all__ = [
    "GeometryField",
    "GeometryIndex",
    "InvalidCoordinates",
    "InvalidGeometry",
    "InvalidTraverse",
    "UnsafeGeometryUpdate",
    "bbox_columns",
    "prepare_geometry",
    "read_bounds",
    "read_geometry",
    "to_wkb",
]
