"""Writers: rows in, one finished file out, in bounded memory."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from safelane.core.bulk.many_values import lots
from safelane.core.files.durable import storage_fault
from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.files.reading import Geometries
from safelane.exchange.files.wording import gettext_noop as _

FieldKind = Literal["text", "integer", "number", "boolean", "date", "datetime"]
CHUNK = 2000


@dataclass(frozen=True)
class ExportField:
    """One column of an export: ASCII name for machines, label for people."""

    name: str
    label: str | Promise
    kind: FieldKind = "text"


class Row(NamedTuple):
    """One record: values by field name, and WKB in WGS 84 or None."""

    values: dict[str, Any]
    wkb: bytes | None = None


@dataclass(frozen=True)
class Sheet:
    """What is to be written: a name for the layer, a title and the fields.

    Attributes:
        family: The usual kind of geometry ("polygon", "line" or "point"); other
            kinds go to layers of their own where a format needs one kind per layer.
            "" writes no geometry.
        about: What leaves, said in the file where its format has a place for it.
    """

    layer: str
    title: str
    fields: tuple[ExportField, ...]
    family: Literal["polygon", "line", "point", ""] = "polygon"
    about: str = ""


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows in lists, so that memory stays bounded."""
    return lots(rows, CHUNK)


def shapes(rows: list[Row]) -> Geometries:
    """Return the geometries of the rows as shapely objects."""
    values = np.empty(len(rows), dtype=object)
    values[:] = [row.wkb for row in rows]
    result: Geometries = shapely.from_wkb(values)
    return result


def without_zone(value: Any) -> Any:
    """Return a moment in UTC for formats that know no zones, and all else as it is."""
    has_zone = isinstance(value, dt.datetime) and value.tzinfo is not None
    return value.astimezone(dt.UTC).replace(tzinfo=None) if has_zone else value


def as_text(value: Any) -> str:
    """Return a value as people and programs alike read it; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):  # datetime is one too
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return ", ".join(as_text(v) for v in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


LEAST_FREE = 1_000_000  # bytes: less than any file with a layer needs while it is made
Writer = Callable[[Path, Sheet, Iterable[Row]], int]


def write_rows(path: Path, format_name: str, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write rows to ``path``, whole or not at all, and return how many.

    Raises:
        CannotWrite: The format is unknown, or cannot hold these rows.
        StorageUnavailable: The disk does not take them.
    """
    if format_name not in FORMATS:
        reason = _("“%(name)s” is none of the formats %(known)s")
        known = ", ".join(FORMATS)
        raise CannotWrite(reason=reason, name=format_name, known=known)
    form = FORMATS[format_name]
    write: Writer = import_string(f"safelane.exchange.writers.{form.writer}")
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            draft = Path(folder) / f"{sheet.layer}{form.suffix}"
            count = write(draft, sheet, rows)
            os.replace(draft, path)
    except OSError as error:
        raise storage_fault(error, path.parent) from error
    except CannotWrite as error:
        # GDAL tells of a full disk in words of its own, cut at some place.
        if shutil.disk_usage(path.parent).free < LEAST_FREE:
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise storage_fault(full, path.parent) from error
        raise
    return count
