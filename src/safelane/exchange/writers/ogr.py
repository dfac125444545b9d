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

_FAMILY = {
    0: "point",
    1: "line",
    2: "line",
    3: "polygon",
    4: "point",
    5: "line",
    6: "polygon",
}
_TYPE = {"point": "MultiPoint", "line": "MultiLineString", "polygon": "MultiPolygon"}
_SINGLE = {"point": "Point", "line": "LineString", "polygon": "Polygon"}


@dataclass
class OgrTarget:
    """One data set being written: a layer per family of geometry.

    Attributes:
        single_file: Whether layers share one file (GeoPackage, geodatabase) or are
            files in a folder (Shapefile).
        multi: Whether polygons are written as multi-polygons.
    """

    path: Path
    driver: str
    sheet: Sheet
    names: dict[str, str]
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
        families = np.array([_FAMILY.get(int(k), "") for k in kinds], dtype=object)
        if (kinds == 7).any():
            raise CannotWrite(reason="a geometry collection has no place in a layer")
        present = sorted(set(families.tolist()), key=lambda f: f != self.sheet.family)
        for family in present:
            chosen = np.flatnonzero(families == family)
            self._append(family, [chunk[i] for i in chosen], found[chosen])

    def layer_name(self, family: str) -> str:
        """Return the layer for a family: the usual one keeps the plain name."""
        base = self.sheet.layer
        if family == self.sheet.family:
            return base
        return f"{base}_{family}s" if family else f"{base}_no_position"

    def _append(self, family: str, rows: list[Row], found: Any) -> None:
        layer = self.layer_name(family)
        arrays, masks = [], []
        for item in self.sheet.fields:
            values, mask = column([r.values.get(item.name) for r in rows], item)
            arrays.append(values)
            masks.append(mask)
        path = self.path if self.single_file else self.path / f"{layer}.shp"
        is_new = layer not in self.started
        options: dict[str, Any] = {}
        if family:
            options = {
                "geometry": shapely.to_wkb(found),
                "geometry_type": (_TYPE if self.multi else _SINGLE)[family],
                "promote_to_multi": self.multi,
                "crs": "EPSG:4326",
            }
        self._call(path, layer, arrays, masks, is_new, options)
        self.started.add(layer)

    def _call(
        self,
        path: Path,
        layer: str,
        arrays: list[Any],
        masks: list[Any],
        is_new: bool,
        options: dict[str, Any],
    ) -> None:
        options = {"geometry": None} | options
        fresh_file = is_new and not (self.single_file and self.started)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                pyogrio.raw.write(
                    path,
                    field_data=arrays,
                    fields=[self.names[f.name] for f in self.sheet.fields],
                    field_mask=masks,
                    layer=layer,
                    driver=self.driver,
                    append=not fresh_file,
                    encoding="UTF-8",
                    dataset_options=self.dataset_options if fresh_file else None,
                    layer_options=self._layer_options(layer) if is_new else None,
                    **options,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise CannotWrite(reason=str(error)[:200]) from error

    def _layer_options(self, layer: str) -> dict[str, str]:
        usual = self.usual_options if layer == self.sheet.layer else {}
        return self.layer_options | usual


def column(values: list[Any], item: ExportField) -> tuple[Any, Any]:
    """Return the values of one field as numpy has them for GDAL, and the nulls."""
    mask = np.array([v is None for v in values], dtype=bool)
    if item.kind == "integer":
        return _numbers(values, "int64"), mask
    if item.kind == "number":
        return _numbers(values, "float64"), mask
    if item.kind == "boolean":
        return np.array([bool(v) for v in values], dtype=bool), mask
    if item.kind == "date":
        return _dates(values, "datetime64[D]"), mask
    if item.kind == "datetime":
        return _dates(values, "datetime64[ms]"), mask
    texts = np.empty(len(values), dtype=object)
    texts[:] = [None if v is None else as_text(v) for v in values]
    return texts, mask


def _numbers(values: list[Any], dtype: str) -> Any:
    return np.array([0 if v is None else v for v in values], dtype=dtype)


def _dates(values: list[Any], dtype: str) -> Any:
    plain = [
        v.astimezone(dt.UTC).replace(tzinfo=None) if _aware(v) else v for v in values
    ]
    return np.array(plain, dtype=dtype)


def _aware(value: Any) -> bool:
    return isinstance(value, dt.datetime) and value.tzinfo is not None
