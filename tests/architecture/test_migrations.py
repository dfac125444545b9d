"""Nothing is released yet, so each app is made in one step, like its models."""

from django.apps import apps
from django.db.migrations.loader import MigrationLoader


def test_each_app_has_one_migration():
    loader = MigrationLoader(None, ignore_no_initial=True)
    ours = {
        app.label for app in apps.get_app_configs() if app.name.startswith("safelane.")
    }
    found = {
        label: [name for app, name in loader.disk_migrations if app == label]
        for label in ours & loader.migrated_apps
    }
    assert len(found) >= 9
    assert {label: names for label, names in found.items() if len(names) != 1} == {}
