"""Geometries as they are typed, drawn or sent."""

from __future__ import annotations

import json

import pytest

from safelane.core.geo.errors import InvalidGeometry
from safelane.core.geo.values import read_geometry


def test_what_is_sent_has_bounds_that_keep_the_check_short():
    ring = [[103, 19], [103.001, 19], [103.001, 19.001], [103, 19]]
    few = {"type": "MultiPolygon", "coordinates": [[ring]] * 3}
    assert read_geometry(few) is not None
    nested = {"type": "MultiPolygon", "coordinates": [[ring]] * 1_200}
    long = {"type": "LineString", "coordinates": [[103, 19]] * 60_000}
    deep = {"type": "GeometryCollection", "geometries": [nested]}
    for value in (nested, long, deep, json.dumps(nested)):
        with pytest.raises(InvalidGeometry, match="simplify it"):
            read_geometry(value)
