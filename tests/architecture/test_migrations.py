"""Each app's changes of the database stand in one line, numbered without a gap."""

from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader


def made_apps():
    for app in apps.get_app_configs():
        tables = [m for m in app.get_models() if m._meta.managed]
        if app.name.startswith("safelane.") and tables:
            yield app


def test_the_migrations_of_each_app_are_numbered_without_a_gap():
    found = {
        app.label: sorted(p.name for p in Path(app.path).glob("migrations/0*.py"))
        for app in made_apps()
    }
    assert len(found) >= 9
    for label, names in found.items():
        numbers = [int(name[:4]) for name in names]
        assert numbers == list(range(1, len(names) + 1)), label


def test_no_app_has_two_ends():
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
