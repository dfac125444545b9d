"""Write GeoPackage, Shapefile and File Geodatabase through GDAL (inside pyogrio)."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.writers.rows import (
    ExportField,
    Row,
    Sheet,
    as_text,
    chunks,
    shapes,
)

# Families of geometry by GEOS's number, and what GDAL calls them; 7 is a collection.
_FAMILIES = ("point", "line", "line", "polygon", "point", "line", "polygon")
_TYPES = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
_COLUMNS: dict[str, Any] = {
    "integer": "int64",
    "number": "float64",
    "boolean": bool,
    "date": "datetime64[D]",
    "datetime": "datetime64[ms]",
}


@dataclass
class OgrTarget:
    """One data set being written: a layer per family of geometry.

    Attributes:
        names: Field -> its name in the file, where that is another one.
        single_file: Whether layers share one file (GeoPackage, geodatabase) or are
            files in a folder (Shapefile).
        multi: Whether polygons are written as multi-polygons.
    """

    path: Path
    driver: str
    sheet: Sheet
    names: dict[str, str] = field(default_factory=dict)
    single_file: bool = True
    multi: bool = True
    dataset_options: dict[str, str] = field(default_factory=dict)
    layer_options: dict[str, str] = field(default_factory=dict)
    usual_options: dict[str, str] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)

    def write(self, rows: Iterable[Row]) -> int:
        """Write all rows and return how many; an empty layer when there are none.

        Raises:
            CannotWrite: GDAL refuses.
        """
        count = 0
        for chunk in chunks(rows):
            self._write_chunk(chunk)
            count += len(chunk)
        if not count:
            self._append(self.sheet.family, [], np.empty(0, dtype=object))
        return count

    def _write_chunk(self, chunk: list[Row]) -> None:
        found = shapes(chunk)
        kinds = shapely.get_type_id(found)
        if (kinds == 7).any():
            raise CannotWrite(reason="a geometry collection has no place in a layer")
        families = np.array([_FAMILIES[k] if k >= 0 else "" for k in kinds])
        present = sorted(set(families.tolist()), key=lambda f: f != self.sheet.family)
        for family in present:
            chosen = np.flatnonzero(families == family)
            self._append(family, [chunk[i] for i in chosen], found[chosen])

    def _append(self, family: str, rows: list[Row], found: Any) -> None:
        layer, is_usual = self.sheet.layer, family == self.sheet.family
        if not is_usual:  # the usual one keeps the plain name
            layer += f"_{family}s" if family else "_no_position"
        fields = self.sheet.fields
        columns = [column([r.values.get(f.name) for r in rows], f) for f in fields]
        options: dict[str, Any] = {"geometry": None}
        if family:
            options = {
                "geometry": shapely.to_wkb(found),
                "geometry_type": ("Multi" if self.multi else "") + _TYPES[family],
                "promote_to_multi": self.multi,
                "crs": "EPSG:4326",
            }
        if is_new := layer not in self.started:
            usual = self.usual_options if is_usual else {}
            options["layer_options"] = self.layer_options | usual
        if fresh_file := is_new and not (self.single_file and self.started):
            options["dataset_options"] = self.dataset_options
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                pyogrio.raw.write(
                    self.path if self.single_file else self.path / f"{layer}.shp",
                    field_data=[values for values, _mask in columns],
                    fields=[self.names.get(f.name, f.name) for f in fields],
                    field_mask=[mask for _values, mask in columns],
                    layer=layer,
                    driver=self.driver,
                    append=not fresh_file,
                    encoding="UTF-8",
                    **options,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise CannotWrite(reason=str(error)[:200]) from error
        self.started.add(layer)


def column(values: list[Any], item: ExportField) -> tuple[Any, Any]:
    """Return the values of one field as numpy has them for GDAL, and the nulls."""
    mask = np.array([v is None for v in values], dtype=bool)
    if item.kind in ("date", "datetime"):
        values = [_in_utc(v) for v in values]
    elif item.kind in _COLUMNS:
        values = [0 if v is None else v for v in values]
    else:
        texts = np.empty(len(values), dtype=object)
        texts[:] = [None if v is None else as_text(v) for v in values]
        return texts, mask
    return np.array(values, dtype=_COLUMNS[item.kind]), mask


def _in_utc(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value
