"""Writers: rows in, one finished file out, in bounded memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.utils.module_loading import import_string

from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.formats import SUFFIXES
from safelane.exchange.writers.rows import ExportField, Row, Sheet, Written

Writer = Callable[[Path, Sheet, Iterable[Row]], int]
# By name: loaded when somebody writes, so that no other command waits for them.
_WRITERS = {
    "csv": "safelane.exchange.writers.delimited.write_csv",
    "xlsx": "safelane.exchange.writers.xlsx.write_xlsx",
    "geojson": "safelane.exchange.writers.geojson.write_geojson",
    "gpkg": "safelane.exchange.writers.ogr.write_gpkg",
    "shapefile": "safelane.exchange.writers.ogr.write_shapefile",
    "kml": "safelane.exchange.writers.kml.write_kml",
    "kmz": "safelane.exchange.writers.kml.write_kmz",
    "filegdb": "safelane.exchange.writers.ogr.write_filegdb",
}


def write_rows(
    path: Path, format_name: str, sheet: Sheet, rows: Iterable[Row]
) -> Written:
    """Write rows to ``path``; the file appears whole or not at all.

    Raises:
        CannotWrite: The format is unknown, or cannot hold these rows, or the disk
            does not take them.
    """
    if format_name not in _WRITERS:
        choices = ", ".join(_WRITERS)
        raise CannotWrite(reason=f"{format_name} is none of {choices}")
    write: Writer = import_string(_WRITERS[format_name])
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            draft = Path(folder) / f"{sheet.layer}{SUFFIXES[format_name]}"
            count = write(draft, sheet, rows)
            os.replace(draft, path)
    except OSError as error:
        raise CannotWrite(reason=error.strerror or str(error)) from error
    return Written(path, count)


__all__ = [
    "SUFFIXES",
    "ExportField",
    "Row",
    "Sheet",
    "Written",
    "write_rows",
]
