"""The field in migrations: columns once, trees rebuilt after a table is remade."""

import pytest
import shapely
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.operations import AddField, AlterField
from django.db.migrations.state import ProjectState

from safelane.core.geo import rtree
from safelane.core.geo.tests.fieldapp.models import Plot

sqlite_only = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="R*Trees are for SQLite"
)
HERE = (102, 19, 102.2, 19.2)
BOX = shapely.box(*HERE)


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "fieldapp", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_state_models_hold_each_column_once():
    from django.apps import apps

    state = ProjectState.from_apps(apps)
    plot = state.apps.get_model("fieldapp", "Plot")
    names = [field.name for field in plot._meta.local_fields]
    assert len(names) == len(set(names)) == 7
    historical = plot.objects.create(geometry=BOX)
    assert (historical.geometry_xmin, historical.geometry_ymax) == (102, 19.2)


@pytest.fixture
def remade(transactional_db):
    """Add and remove a column as a migration does, which remakes the table."""
    from django.apps import apps

    Plot.objects.create(geometry=BOX)
    before = ProjectState.from_apps(apps)
    operation = AlterField("plot", "name", models.CharField(max_length=99, default=""))
    after = before.clone()
    operation.state_forwards("fieldapp", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("fieldapp", editor, before, after)
    yield
    with connection.schema_editor() as editor:
        operation.database_backwards("fieldapp", editor, after, before)
    call_command("migrate", verbosity=0)


@sqlite_only
def test_a_remade_table_drops_out_of_its_tree_until_migrate(remade):
    assert not rtree.has_tree(connection, "fieldapp_plot", "geometry")
    Plot.objects.create(geometry=BOX)
    assert Plot.objects.filter(geometry__bbox=HERE).count() == 2
    call_command("migrate", verbosity=0)
    assert rtree.has_tree(connection, "fieldapp_plot", "geometry")
    assert Plot.objects.filter(geometry__bbox=HERE).count() == 2


def test_rows_survive_a_remade_table(remade):
    assert Plot.objects.get().geometry.equals(BOX)


@sqlite_only
@pytest.mark.django_db
def test_the_tree_follows_every_write():
    def in_tree():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM fieldapp_plot_geometry_rtree")
            return cursor.fetchone()[0]

    plot = Plot.objects.create(geometry=BOX)
    Plot.objects.create(geometry=None)
    assert in_tree() == 1
    plot.geometry = shapely.Point(1, 1)
    plot.save()
    assert in_tree() == 1
    assert not Plot.objects.filter(geometry__bbox=HERE).exists()
    assert Plot.objects.filter(geometry__bbox=(0, 0, 2, 2)).exists()
    Plot.objects.all().delete()
    assert in_tree() == 0


@sqlite_only
@pytest.mark.django_db
def test_bbox_uses_the_tree():
    plan = Plot.objects.filter(geometry__bbox=HERE).explain()
    assert "VIRTUAL TABLE INDEX" in plan


@pytest.mark.django_db
def test_postgis_indexes_by_gist():
    if connection.vendor != "postgresql":
        pytest.skip("GiST is for PostGIS")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname='plot_geometry'"
        )
        assert "USING gist" in cursor.fetchone()[0]


def test_a_geometry_can_be_added_to_an_old_table(transactional_db):
    from django.apps import apps

    from safelane.core.geo.fields import GeometryField

    before = ProjectState.from_apps(apps)
    operation = AddField("plot", "second", GeometryField(null=True))
    after = before.clone()
    operation.state_forwards("fieldapp", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("fieldapp", editor, before, after)
    with connection.schema_editor() as editor:
        operation.database_backwards("fieldapp", editor, after, before)
    call_command("migrate", verbosity=0)
