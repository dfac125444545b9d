"""Nothing is released yet, so each app is made in one step, like its models."""

from pathlib import Path

from django.apps import apps


def made_apps():
    for app in apps.get_app_configs():
        tables = [m for m in app.get_models() if m._meta.managed]
        if app.name.startswith("safelane.") and tables:
            yield app


def test_each_app_has_one_migration():
    found = {
        app.label: sorted(p.name for p in Path(app.path).glob("migrations/0*.py"))
        for app in made_apps()
    }
    assert len(found) >= 9
    assert {k: v for k, v in found.items() if v != ["0001_initial.py"]} == {}
