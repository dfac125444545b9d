"""Every lookup gives the answer that shapely gives, on whichever database runs."""

import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safelane.core.geo.errors import InvalidGeometry
from safelane.core.geo.measure import distance_m
from safelane.core.geo.tests.fieldapp.models import Marker, Plot
from safelane.core.geo.tests.strategies import geometries, places

pytestmark = pytest.mark.django_db
compared = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def store(shapes, model=Plot):
    model.objects.all().delete()
    model.objects.bulk_create([model(geometry=g) for g in shapes])


def found(**lookup):
    rows = Plot.objects.filter(**lookup).order_by("pk")
    return [row.geometry.wkb for row in rows]


def expected(shapes, test):
    return [shape.wkb for shape in shapes if test(shape)]


collections = st.lists(geometries, min_size=1, max_size=8)


@compared
@given(shapes=collections, other=geometries)
def test_intersects_agrees_with_shapely(shapes, other):
    store(shapes)
    assert found(geometry__intersects=other) == expected(shapes, other.intersects)


@compared
@given(shapes=collections, other=geometries)
def test_within_agrees_with_shapely(shapes, other):
    store(shapes)
    assert found(geometry__within=other) == expected(shapes, other.contains)


@compared
@given(shapes=collections, other=geometries)
def test_contains_agrees_with_shapely(shapes, other):
    store(shapes)
    assert found(geometry__contains=other) == expected(shapes, other.within)


@compared
@given(shapes=collections, corner=places, other=places)
def test_bbox_compares_envelopes_exactly(shapes, corner, other):
    (x1, y1), (x2, y2) = corner, other
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    store(shapes)
    assert found(geometry__bbox=box) == expected(
        shapes,
        lambda s: (
            s.bounds[0] <= box[2]
            and s.bounds[2] >= box[0]
            and s.bounds[1] <= box[3]
            and s.bounds[3] >= box[1]
        ),
    )


@compared
@given(shapes=collections, other=geometries, metres=st.floats(0, 20_000))
def test_dwithin_agrees_with_the_geodesic_distance(shapes, other, metres):
    distances = [distance_m(other, shape) for shape in shapes]
    # One millimetre per metre is the stated tolerance between the databases.
    assume(all(abs(d - metres) > 0.5 + metres * 0.001 for d in distances))
    store(shapes)
    assert found(geometry__dwithin=(other, metres)) == [
        shape.wkb
        for shape, distance in zip(shapes, distances, strict=True)
        if distance <= metres
    ]


@compared
@given(shapes=collections)
def test_exact_finds_the_stored_geometry(shapes):
    store(shapes)
    assert shapes[0].wkb in found(geometry=shapes[0])


def test_bbox_across_the_antimeridian():
    east, west, far = (shapely.Point(x, -17) for x in (179.5, -179.5, 0.0))
    store([east, west, far])
    assert found(geometry__bbox=(179, -18, -179, -16)) == [east.wkb, west.wkb]


def test_dwithin_across_the_antimeridian():
    store([shapely.Point(-179.999, -17), shapely.Point(170, -17)])
    near = Plot.objects.filter(geometry__dwithin=(shapely.Point(179.999, -17), 1_000))
    assert near.count() == 1


def test_rows_without_a_geometry_never_match():
    store([None, shapely.Point(102, 19)])
    world = (-180, -90, 180, 90)
    assert Plot.objects.filter(geometry__bbox=world).count() == 1
    assert Plot.objects.exclude(geometry__bbox=world).count() == 1
    assert Plot.objects.filter(geometry__isnull=True).count() == 1


def test_lookup_follows_a_foreign_key():
    plot = Plot.objects.create(geometry=shapely.box(102, 19, 102.1, 19.1))
    Marker.objects.create(plot=plot, geometry=shapely.Point(0, 0))
    inside = shapely.Point(102.05, 19.05)
    assert Marker.objects.filter(plot__geometry__intersects=inside).exists()
    assert not Marker.objects.filter(geometry__intersects=inside).exists()


@pytest.mark.parametrize(
    "lookup",
    [
        {"geometry__bbox": (1, 2, 3)},
        {"geometry__bbox": (0, 10, 1, 5)},
        {"geometry__bbox": (0, float("nan"), 1, 5)},
        {"geometry__bbox": (500, 0, 501, 5)},
        {"geometry__intersects": "nonsense"},
        {"geometry__intersects": shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])},
        {"geometry__intersects": shapely.Point()},
        {"geometry__dwithin": shapely.Point(1, 1)},
    ],
)
def test_bad_constants_are_refused(lookup):
    with pytest.raises(InvalidGeometry):
        list(Plot.objects.filter(**lookup))
