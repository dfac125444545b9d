"""Which tables a backup holds, and each row as one line of JSON.

Lines are the same from every database. JSON's own types stand for themselves; others
are ``{"$": [tag, text]}``. A value of a JSON field is always tagged, so that what it
holds is never taken for a tag.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import shapely
from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Cast
from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.protect.fields import EncryptedTextField, as_sealed

Column: TypeAlias = "models.Field[Any, Any]"

# What a restored copy makes by itself, or must not inherit: content types come from
# migrations; open sessions, running jobs and counted guesses end with the machine.
LEFT_OUT = {
    "auth.permission",
    "contenttypes.contenttype",
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
    return as_sealed(field.name) if sealed else field.attname


def applied_migrations() -> list[str]:
    """Return the migrations of the database as ``app.name``, sorted."""
    labels = {config.label for config in apps.get_app_configs()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels)


Value = Any
WRITERS: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (datetime, "datetime", lambda value: value.astimezone(UTC).isoformat()),
    (date, "date", lambda value: value.isoformat()),
    (time, "time", lambda value: value.isoformat()),
    (timedelta, "duration", duration_iso_string),
    (UUID, "uuid", str),
    (Decimal, "decimal", str),
    (bytes, "bytes", lambda value: base64.b64encode(value).decode()),
    (memoryview, "bytes", lambda value: base64.b64encode(value).decode()),
    (BaseGeometry, "wkb", lambda value: shapely.to_wkb(value, hex=True)),
)
READERS: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": parse_duration,
    "uuid": UUID,
    "decimal": Decimal,
    "bytes": base64.b64decode,
    "wkb": shapely.from_wkb,
    "json": lambda value: value,
}


def write_row(fields: Sequence[models.Field[Any, Any]], values: Sequence[Value]) -> str:
    """Return one row as a line of JSON without the line break."""
    encoded = [_encode(f, v) for f, v in zip(fields, values, strict=True)]
    return json.dumps(encoded, ensure_ascii=False, separators=(",", ":"))


def read_row(line: bytes | str) -> list[Value]:
    """Return the values of a line.

    Raises:
        BrokenBackup: The line is not one that :func:`write_row` wrote.
    """
    try:
        return [_decode(value) for value in json.loads(line)]
    except (ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise BrokenBackup(f"A row of the backup cannot be read: {error}") from error


def _encode(field: models.Field[Any, Any], value: Value) -> Any:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return {"$": ["json", value]}
    for kind, tag, write in WRITERS:
        if isinstance(value, kind):
            return {"$": [tag, write(value)]}
    return value


def _decode(value: Any) -> Value:
    if not isinstance(value, dict):
        return value
    tag, content = value["$"]
    return READERS[tag](content)


class BrokenBackup(InvalidInput):
    """The backup is damaged, cut off or not a backup."""


class OtherVersion(Conflict):
    """The backup was made by another version of Safelane."""


class NotEmpty(Conflict):
    """There is data already that a restore would replace."""


class InUse(Conflict):
    """Others write into the database that a restore would replace."""


class BackupRunning(Conflict):
    """Another backup of this workspace is being written."""
