"""Writers: rows in, one finished file out, in bounded memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.formats import (
    CSV,
    FILEGDB,
    GEOJSON,
    GPKG,
    KML,
    KMZ,
    SHAPEFILE,
    XLSX,
)
from safelane.exchange.writers.delimited import write_csv
from safelane.exchange.writers.geojson import write_geojson
from safelane.exchange.writers.kml import write_kml, write_kmz
from safelane.exchange.writers.packed import (
    write_filegdb,
    write_gpkg,
    write_shapefile,
)
from safelane.exchange.writers.rows import ExportField, Row, Sheet, Written
from safelane.exchange.writers.xlsx import write_xlsx

Writer = Callable[[Path, Sheet, Iterable[Row]], int]
WRITERS: dict[str, Writer] = {
    CSV: write_csv,
    XLSX: write_xlsx,
    GEOJSON: write_geojson,
    GPKG: write_gpkg,
    SHAPEFILE: write_shapefile,
    KML: write_kml,
    KMZ: write_kmz,
    FILEGDB: write_filegdb,
}
SUFFIXES = {
    CSV: ".csv",
    XLSX: ".xlsx",
    GEOJSON: ".geojson",
    GPKG: ".gpkg",
    SHAPEFILE: ".shp.zip",
    KML: ".kml",
    KMZ: ".kmz",
    FILEGDB: ".gdb.zip",
}


def write_rows(
    path: Path, format_name: str, sheet: Sheet, rows: Iterable[Row]
) -> Written:
    """Write rows to ``path``; the file appears whole or not at all.

    Raises:
        CannotWrite: The format is unknown, or cannot hold these rows, or the disk
            does not take them.
    """
    if format_name not in WRITERS:
        choices = ", ".join(WRITERS)
        raise CannotWrite(reason=f"{format_name} is none of {choices}")
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            draft = Path(folder) / f"{sheet.layer}{SUFFIXES[format_name]}"
            count = WRITERS[format_name](draft, sheet, rows)
            os.replace(draft, path)
    except OSError as error:
        raise CannotWrite(reason=error.strerror or str(error)) from error
    return Written(path, count)


__all__ = [
    "SUFFIXES",
    "WRITERS",
    "ExportField",
    "Row",
    "Sheet",
    "Written",
    "write_rows",
]
