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
from safelane.exchange.writers.rows import ExportField, Row, Sheet, Written

Writer = Callable[[Path, Sheet, Iterable[Row]], int]
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
    if format_name not in SUFFIXES:
        choices = ", ".join(SUFFIXES)
        raise CannotWrite(reason=f"{format_name} is none of {choices}")
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            draft = Path(folder) / f"{sheet.layer}{SUFFIXES[format_name]}"
            count = _writer(format_name)(draft, sheet, rows)
            os.replace(draft, path)
    except OSError as error:
        raise CannotWrite(reason=error.strerror or str(error)) from error
    return Written(path, count)


def _writer(format_name: str) -> Writer:
    """Load the writers when somebody writes: no other command waits for them."""
    from safelane.exchange.writers import delimited, geojson, kml, packed, xlsx

    writers: dict[str, Writer] = {
        CSV: delimited.write_csv,
        XLSX: xlsx.write_xlsx,
        GEOJSON: geojson.write_geojson,
        GPKG: packed.write_gpkg,
        SHAPEFILE: packed.write_shapefile,
        KML: kml.write_kml,
        KMZ: kml.write_kmz,
        FILEGDB: packed.write_filegdb,
    }
    return writers[format_name]


__all__ = [
    "SUFFIXES",
    "ExportField",
    "Row",
    "Sheet",
    "Written",
    "write_rows",
]
