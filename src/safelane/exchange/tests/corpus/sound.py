"""Small sound files of every format, with the scripts of the countries served."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import shapely

from safelane.exchange.files.formats import FORMATS
from safelane.exchange.writers import ExportField, Row, Sheet, write_rows

FIELDS = (
    ExportField("reference", "Reference"),
    ExportField("name", "Name"),
    ExportField("kind", "Type"),
    ExportField("area_m2", "Area", "number"),
    ExportField("people", "People", "integer"),
    ExportField("date", "Date", "date"),
)
_NAMES = ("ບ້ານ ໂພນສະຫວັນ", "Физули", "Ağdam", 'a "quoted", name', "plain", "ภูเขา")
ROWS = 24


def sound_rows(count: int = ROWS) -> list[Row]:
    """Return rows as a register holds them: polygons in two countries."""
    return [_row(i) for i in range(count)]


def _row(i: int) -> Row:
    lon, lat = (103.0, 19.4) if i % 2 else (47.2, 39.6)
    lon += i * 0.002
    square = shapely.box(lon, lat, lon + 0.001, lat + 0.001)
    hole = shapely.box(lon + 0.0003, lat + 0.0003, lon + 0.0006, lat + 0.0006)
    shape = square.difference(hole) if i % 5 == 0 else square
    values = {
        "reference": f"HA-{i:04d}",
        "name": _NAMES[i % len(_NAMES)],
        "kind": "CHA" if i % 3 else "SHA",
        "area_m2": 1000.5 + i,
        "people": i if i % 4 else None,
        "date": dt.date(2020, 1 + i % 12, 1 + i % 28),
    }
    return Row(values, shapely.to_wkb(shape))


def sound_file(folder: Path, format_name: str) -> Path:
    """Write a sound file of the format and return its path."""
    path = folder / f"sound{FORMATS[format_name].suffix}"
    sheet = Sheet("areas", "Areas", FIELDS)
    write_rows(path, format_name, sheet, sound_rows())
    return path
