"""Geometry for every model: field, lookups, indexes, measures, checks.

All values are shapely geometries in WGS 84, longitude first. Areas are geodesic.
"""

from safelane.core.geo.areas import area_m2, areas_m2
from safelane.core.geo.errors import (
    InvalidCoordinates,
    InvalidGeometry,
    InvalidTraverse,
    OffGrid,
    UnsafeGeometryUpdate,
)
from safelane.core.geo.expressions import (
    AsGeoJSON,
    AsWKB,
    PointOnSurface,
    Simplified,
    extent,
)
from safelane.core.geo.fields import GeometryField, bbox_columns
from safelane.core.geo.indexes import GeometryIndex
from safelane.core.geo.lookups import read_bounds
from safelane.core.geo.measure import (
    buffer_m,
    distance_m,
    from_local,
    length_m,
    to_local,
    utm_crs_for,
)
from safelane.core.geo.values import prepare_geometry, read_geometry, to_wkb

__all__ = [
    "AsGeoJSON",
    "AsWKB",
    "GeometryField",
    "GeometryIndex",
    "InvalidCoordinates",
    "InvalidGeometry",
    "InvalidTraverse",
    "OffGrid",
    "PointOnSurface",
    "Simplified",
    "UnsafeGeometryUpdate",
    "area_m2",
    "areas_m2",
    "bbox_columns",
    "buffer_m",
    "distance_m",
    "extent",
    "from_local",
    "length_m",
    "prepare_geometry",
    "read_bounds",
    "read_geometry",
    "to_local",
    "to_wkb",
    "utm_crs_for",
]
