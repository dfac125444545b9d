import json

import pytest
import shapely

from safelane.core.geo import AsGeoJSON, AsWKB, PointOnSurface, Simplified, extent
from safelane.core.geo.tests.fieldapp.models import Plot

pytestmark = pytest.mark.django_db
RING = shapely.Point(102, 19).buffer(0.1, quad_segs=32)


def test_geojson_is_rounded():
    Plot.objects.create(geometry=shapely.Point(102.123456789, 19.987654321))
    text = Plot.objects.values_list(AsGeoJSON("geometry", 5), flat=True).get()
    assert json.loads(text) == {"type": "Point", "coordinates": [102.12346, 19.98765]}


def test_geojson_of_nothing_is_nothing():
    Plot.objects.create(geometry=None)
    assert Plot.objects.values_list(AsGeoJSON("geometry"), flat=True).get() is None


def test_wkb_is_the_stored_shape():
    Plot.objects.create(geometry=RING)
    wkb = bytes(Plot.objects.values_list(AsWKB("geometry"), flat=True).get())
    assert shapely.from_wkb(wkb).equals(RING)


def test_simplified_shapes_stay_near():
    Plot.objects.create(geometry=RING)
    simple = Plot.objects.annotate(simple=Simplified("geometry", 0.01)).get().simple
    assert simple.is_valid
    assert len(simple.exterior.coords) < len(RING.exterior.coords) / 2
    assert shapely.hausdorff_distance(simple, RING) < 0.02


def test_point_on_surface_is_inside():
    Plot.objects.create(geometry=RING)
    point = Plot.objects.annotate(label=PointOnSurface("geometry")).get().label
    assert RING.contains(point)


def test_extent_of_rows():
    assert extent(Plot.objects.all()) is None
    Plot.objects.create(geometry=shapely.Point(102, 19))
    Plot.objects.create(geometry=shapely.box(103, 18, 104, 18.5))
    Plot.objects.create(geometry=None)
    assert extent(Plot.objects.all()) == (102, 18, 104, 19)
