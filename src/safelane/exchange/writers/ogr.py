"""Write GeoPackage 1.3, zipped Shapefile and zipped File Geodatabase through GDAL.

Each is written into a folder of its own, which is removed with what lies in it.
"""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyogrio.raw
import shapely
from django.utils.translation import gettext as _

from safelane.exchange.files.errors import CannotWrite
from safelane.exchange.files.layers import NAMES_TABLE, NO_POSITION
from safelane.exchange.files.wording import gettext_noop
from safelane.exchange.writers import (
    ExportField,
    Row,
    Sheet,
    as_text,
    chunks,
    shapes,
    without_zone,
)

logger = logging.getLogger(__name__)
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
            raise CannotWrite(
                reason=gettext_noop("a geometry collection has no place in a layer")
            )
        families = np.array([_FAMILIES[k] if k >= 0 else "" for k in kinds])
        present = sorted(set(families.tolist()), key=lambda f: f != self.sheet.family)
        for family in present:
            chosen = np.flatnonzero(families == family)
            self._append(family, [chunk[i] for i in chosen], found[chosen])

    def _append(self, family: str, rows: list[Row], found: Any) -> None:
        layer, is_usual = self.sheet.layer, family == self.sheet.family
        if not is_usual:  # the usual one keeps the plain name
            layer += f"_{family}s" if family else NO_POSITION
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
                logger.warning("an export was refused", exc_info=error)
                reason = gettext_noop("the format does not take these rows")
                raise CannotWrite(reason=reason) from error
        self.started.add(layer)


def column(values: list[Any], item: ExportField) -> tuple[Any, Any]:
    """Return the values of one field as numpy has them for GDAL, and the nulls."""
    mask = np.array([v is None for v in values], dtype=bool)
    if item.kind in ("date", "datetime"):
        values = [without_zone(v) for v in values]
    elif item.kind in _COLUMNS:
        values = [0 if v is None else v for v in values]
    else:
        texts = np.empty(len(values), dtype=object)
        texts[:] = [None if v is None else as_text(v) for v in values]
        return texts, mask
    return np.array(values, dtype=_COLUMNS[item.kind]), mask


_DBF_TEXT = 254
_DBF_NAME = 10


def write_gpkg(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a GeoPackage of version 1.3, which older QGIS and validators accept."""
    target = OgrTarget(path, "GPKG", sheet, dataset_options={"VERSION": "1.3"})
    target.layer_options = {"GEOMETRY_NAME": "geom", "DESCRIPTION": sheet.about}
    target.usual_options = {"IDENTIFIER": sheet.title}
    return target.write(rows)


def write_filegdb(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped File Geodatabase."""
    purpose = f"<idPurp>{escape(sheet.about)}</idPurp>"
    options = {
        "TARGET_ARCGIS_VERSION": "ALL",
        "DOCUMENTATION": f"<metadata><dataIdInfo>{purpose}</dataIdInfo></metadata>",
    }
    with _zipped(path) as folder:
        inner = folder / f"{sheet.layer}.gdb"
        target = OgrTarget(inner, "OpenFileGDB", sheet, layer_options=options)
        return target.write(rows)


def write_shapefile(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped Shapefile in UTF-8, with a table of the shortened names."""
    names, cuts = short_names(sheet.fields), Counter[str]()
    with _zipped(path) as folder:
        target = OgrTarget(
            folder, "ESRI Shapefile", sheet, names, single_file=False, multi=False
        )
        count = target.write(_shortened(rows, cuts))
        table = field_table(sheet, names, cuts)
        (folder / NAMES_TABLE).write_text(table, encoding="utf-8")
    return count


@contextmanager
def _zipped(path: Path) -> Iterator[Path]:
    """Make a folder, and a zip of what was written into it."""
    folder = path.with_suffix(".d")
    folder.mkdir()
    yield folder
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())


def short_names(fields: Iterable[ExportField]) -> dict[str, str]:
    """Return a unique name of at most ten characters for every field."""
    taken: set[str] = set()
    result: dict[str, str] = {}
    for item in fields:
        name, number = item.name[:_DBF_NAME], 1
        while name.lower() in taken:
            number += 1
            name = f"{item.name[: _DBF_NAME - 1 - len(str(number))]}_{number}"
        taken.add(name.lower())
        result[item.name] = name
    return result


def _shortened(rows: Iterable[Row], cuts: Counter[str]) -> Iterator[Row]:
    """Cut texts to the 254 bytes that a .dbf field holds; count them by field."""
    for row in rows:
        values = {n: _cut(n, v, cuts) for n, v in row.values.items()}
        yield row._replace(values=values)


def _cut(name: str, value: object, cuts: Counter[str]) -> object:
    value = as_text(value) if isinstance(value, list | tuple | set | dict) else value
    if not isinstance(value, str) or len(value.encode()) <= _DBF_TEXT:
        return value
    cuts[name] += 1
    return value.encode()[:_DBF_TEXT].decode("utf-8", "ignore")


def field_table(sheet: Sheet, names: dict[str, str], cuts: dict[str, int]) -> str:
    """Return the table of short and full names, and which texts were cut."""
    lines = [sheet.about] if sheet.about else []
    lines += [_("Shapefiles hold names of ten letters and texts of 254 bytes."), ""]
    lines += [f"{names[f.name]:<10}  {f.name}  ({f.label})" for f in sheet.fields]
    said = _("%(count)s texts of %(name)s were cut.")
    lines += [said % {"count": count, "name": name} for name, count in cuts.items()]
    return "\n".join(lines) + "\n"
