"""Which tables a backup holds, and in which state of the code they are."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Cast

from safelane.core.protect.fields import EncryptedTextField

Column = models.Field[Any, Any]

# What a restored copy makes by itself, or must not inherit: content types come from
# migrations; open sessions, running tasks and counted guesses end with the machine.
LEFT_OUT = {
    "auth.permission",
    "contenttypes.contenttype",
    "django_tasks_database.dbtaskresult",
    "protect.backupmade",
    "protect.rowkey",
    "sessions.session",
    "signin.accessversion",
    "signin.sharedvalue",
    "signin.wrongguess",
    "usersessions.usersession",
}


def backed_up_models(state: Any = apps) -> list[type[models.Model]]:
    """Return the models of a backup, tables of many-to-many relations included.

    Args:
        state: The apps of another version of the code, as a migration sees them.
    """
    found = state.get_models(include_auto_created=True)
    return [
        model
        for model in sorted(found, key=lambda m: m._meta.label_lower)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.label_lower not in LEFT_OUT
    ]


def columns_of(model: type[models.Model]) -> list[Column]:
    """Return the columns of a model's own table, as they are stored."""
    return [as_stored(field) for field in model._meta.local_concrete_fields]


def as_stored(field: Column) -> Column:
    """Return the field, or for a sealed one a plain text field of its column.

    What is sealed stays sealed in a backup.
    """
    if not isinstance(field, EncryptedTextField):
        return field
    twin: Column = models.TextField(null=True)
    twin.set_attributes_from_name(field.name)
    twin.column, twin.model = field.column, field.model
    return twin


def reading_of(field: Column) -> str | Cast:
    """Return what to ask ``values_list`` for, so that nothing is unsealed."""
    sealed = isinstance(field.model._meta.get_field(field.name), EncryptedTextField)
    return Cast(field.name, models.TextField()) if sealed else field.attname


def applied_migrations() -> list[str]:
    """Return the migrations of the database as ``app.name``, sorted."""
    labels = {config.label for config in apps.get_app_configs()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels)
