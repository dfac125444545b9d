import json

import pytest
import shapely
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings

from safelane.core.geo.errors import InvalidGeometry, UnsafeGeometryUpdate
from safelane.core.geo.fields import GeometryField, bbox_columns, extent
from safelane.core.geo.tests.fieldapp.models import Field, Located, Marker, Plot
from safelane.core.geo.tests.strategies import geometries

SQUARE = shapely.box(102, 19, 102.1, 19.1)
BOWTIE = shapely.Polygon([(102, 19), (102.1, 19.1), (102.1, 19), (102, 19.1)])
SIDES = bbox_columns("geometry")


def sides(row):
    return tuple(getattr(row, name) for name in SIDES)


@pytest.mark.django_db
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(geometry=geometries)
def test_a_saved_geometry_reads_back_the_same(geometry):
    plot = Plot.objects.create(geometry=geometry)
    read = Plot.objects.get(pk=plot.pk)
    assert read.geometry.wkb == geometry.wkb
    assert sides(read) == sides(plot) == geometry.bounds


@pytest.mark.django_db
def test_saving_again_moves_the_bounding_box():
    plot = Plot.objects.create(geometry=SQUARE)
    plot.geometry = shapely.Point(10, 20)
    plot.save()
    assert sides(Plot.objects.get()) == (10, 20, 10, 20)
    plot.geometry = None
    plot.save()
    assert sides(Plot.objects.get()) == (None,) * 4
    assert Plot.objects.get().geometry is None


@pytest.mark.django_db
def test_a_deferred_geometry_keeps_its_box():
    Plot.objects.create(geometry=SQUARE)
    plot = Plot.objects.defer("geometry").get()
    plot.name = "A"
    plot.save()
    assert sides(Plot.objects.get()) == SQUARE.bounds
    assert Plot.objects.get().geometry.equals(SQUARE)


@pytest.mark.django_db
def test_bulk_create_fills_and_checks():
    Plot.objects.bulk_create([Plot(geometry=SQUARE), Plot(geometry=None)])
    assert Plot.objects.filter(geometry__bbox=(102, 19, 103, 20)).count() == 1
    with pytest.raises(InvalidGeometry):
        Plot.objects.bulk_create([Plot(geometry=BOWTIE)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        lambda plot: Plot.objects.update(geometry=SQUARE),
        lambda plot: Plot.objects.update(geometry=None),
        lambda plot: Plot.objects.update(geometry=F("geometry")),
        lambda plot: Plot.objects.bulk_update([plot], ["geometry"]),
        lambda plot: plot.save(update_fields=["geometry"]),
    ],
)
def test_writes_that_would_skip_the_box_are_refused(write):
    plot = Plot.objects.create(geometry=shapely.Point(1, 1))
    plot.geometry = SQUARE
    refused = pytest.raises(UnsafeGeometryUpdate, match="geometry_xmin")
    with refused, transaction.atomic():
        write(plot)
    assert Plot.objects.get().geometry.equals(shapely.Point(1, 1))


@pytest.mark.django_db
def test_update_fields_with_the_box_is_allowed():
    plot = Plot.objects.create(geometry=shapely.Point(1, 1))
    plot.geometry = SQUARE
    plot.save(update_fields=["geometry", *SIDES])
    assert sides(Plot.objects.get()) == SQUARE.bounds


@pytest.mark.django_db
def test_an_update_with_a_wrong_box_is_refused():
    Plot.objects.create(geometry=SQUARE)
    wrong = dict.fromkeys(SIDES, 1.0)
    with pytest.raises(UnsafeGeometryUpdate):
        Plot.objects.update(geometry=SQUARE, **wrong)


@pytest.mark.django_db
def test_an_expression_cannot_be_saved():
    plot = Plot.objects.create(geometry=SQUARE)
    plot.geometry = F("geometry")
    with pytest.raises((UnsafeGeometryUpdate, InvalidGeometry)):
        plot.save()


@pytest.mark.django_db
def test_self_crossing_outline_is_refused_with_its_place():
    with pytest.raises(InvalidGeometry) as caught:
        Plot.objects.create(geometry=BOWTIE)
    assert caught.value.reason == "Self-intersection"
    assert caught.value.where == pytest.approx((102.05, 19.05))
    assert "102.05" in str(caught.value)
    assert caught.value.as_problem()["where"] == pytest.approx([102.05, 19.05])
    assert caught.value.field == "geometry"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (shapely.Polygon(), "empty"),
        (shapely.Point(200, 10), "out of range"),
        (shapely.Point(10, 95), "out of range"),
        (shapely.Point(float("inf"), 10), "out of range"),
        (shapely.Point(float("inf"), float("inf")), "out of range"),
        (shapely.GeometryCollection([SQUARE]), "wrong type"),
        ("Laos", "unreadable"),
        (b"\x01\x03", "unreadable"),
        ({"type": "Polygon"}, "unreadable"),
        (12, "unreadable"),
    ],
)
def test_bad_values_are_refused(value, reason):
    with pytest.raises(InvalidGeometry) as caught, transaction.atomic():
        Plot.objects.create(geometry=value)
    assert caught.value.reason == reason
    assert not Plot.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form",
    [
        SQUARE.wkb,
        memoryview(SQUARE.wkb),
        SQUARE.wkb_hex,
        SQUARE.wkt,
        shapely.to_geojson(SQUARE),
        json.loads(shapely.to_geojson(SQUARE)),
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(SQUARE))},
    ],
)
def test_every_written_form_is_read(form):
    Plot.objects.create(geometry=form)
    assert Plot.objects.get().geometry.equals(SQUARE)


@pytest.mark.django_db
def test_heights_are_dropped():
    Plot.objects.create(geometry=shapely.Point(102, 19, 1200))
    assert not Plot.objects.get().geometry.has_z


@pytest.mark.django_db
def test_one_part_fits_a_multi_part_field():
    Field.objects.create(outline=SQUARE)
    assert Field.objects.get().outline.geom_type == "MultiPolygon"
    with pytest.raises(InvalidGeometry, match="Point"):
        Field.objects.create(outline=shapely.Point(1, 1))


def test_one_part_multi_fits_a_single_field():
    field = GeometryField(geom_type="polygon")
    assert field.clean(shapely.MultiPolygon([SQUARE]), None).geom_type == "Polygon"


def test_full_clean_reports_the_place():
    with pytest.raises(ValidationError) as caught:
        Plot(geometry=BOWTIE, name="A").full_clean(validate_unique=False)
    (error,) = caught.value.error_dict["geometry"]
    assert error.code == "invalid_geometry"
    assert error.params["where"] == pytest.approx((102.05, 19.05))


def test_form_field_reads_geojson_and_explains():
    field = Plot._meta.get_field("geometry").formfield()
    assert field.clean(shapely.to_geojson(SQUARE)).equals(SQUARE)
    assert field.clean("") is None
    assert json.loads(field.prepare_value(SQUARE))["type"] == "Polygon"
    assert not field.has_changed(SQUARE, SQUARE.wkt)
    with pytest.raises(ValidationError, match="Self-intersection"):
        field.clean(shapely.to_geojson(BOWTIE))


@pytest.mark.django_db
def test_serialised_rows_come_back():
    Plot.objects.create(geometry=SQUARE, name="A")
    text = serializers.serialize("json", Plot.objects.all())
    Plot.objects.all().delete()
    for row in serializers.deserialize("json", text):
        row.save()
    for row in serializers.deserialize("json", text):
        row.save()
    assert Plot.objects.get().geometry.wkb == SQUARE.wkb
    assert Plot.objects.filter(geometry__bbox=SQUARE.bounds).count() == 1


def test_an_abstract_model_gives_each_child_its_own_columns():
    assert not [f for f in Located._meta.local_fields if f.name in SIDES]
    for model in (Plot, Marker):
        assert [f.name for f in model._meta.local_fields if f.name in SIDES] == list(
            SIDES
        )


def test_the_field_deconstructs():
    field = GeometryField(geom_type="point", null=True)
    _name, path, args, kwargs = field.deconstruct()
    assert path == "safelane.core.geo.fields.GeometryField"
    assert kwargs == {"geom_type": "point", "null": True} and not args
    with pytest.raises(ValueError, match="triangle"):
        GeometryField(geom_type="triangle")


@pytest.mark.django_db
def test_the_column_is_native():
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(
            cursor, "fieldapp_plot"
        )
    assert "geometry_xmin" in {column.name for column in columns}
    rows = Plot.objects.annotate(
        copy=models.ExpressionWrapper(F("geometry"), output_field=GeometryField())
    )
    Plot.objects.create(geometry=SQUARE)
    assert rows.get().copy.equals(SQUARE)


@pytest.mark.django_db
def test_extent_of_rows():
    assert extent(Plot.objects.all()) is None
    Plot.objects.create(geometry=shapely.Point(102, 19))
    Plot.objects.create(geometry=shapely.box(103, 18, 104, 18.5))
    Plot.objects.create(geometry=None)
    assert extent(Plot.objects.all()) == (102, 18, 104, 19)
