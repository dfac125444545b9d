"""One row as one line of JSON, the same from every database.

JSON's own types stand for themselves; others are ``{"$": [tag, text]}``. A value of a
JSON field is always tagged, so that what it holds is never taken for a tag.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import shapely
from django.db import models
from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string
from shapely.geometry.base import BaseGeometry

from safelane.core.backup.errors import BrokenBackup

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
