"""Geometry for every model: field, lookups, indexes, measures, checks.

All values are shapely geometries in WGS 84, longitude first. Areas are geodesic.
"""
