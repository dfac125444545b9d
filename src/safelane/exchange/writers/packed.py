"""GeoPackage 1.3, zipped Shapefile and zipped File Geodatabase.

Each is written into a folder of its own, which is removed with what lies in it.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from safelane.exchange.writers.ogr import OgrTarget
from safelane.exchange.writers.rows import ExportField, Row, Sheet, as_text

_DBF_TEXT = 254
_DBF_NAME = 10


def write_gpkg(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a GeoPackage of version 1.3, which older QGIS and validators accept."""
    target = OgrTarget(
        path,
        "GPKG",
        sheet,
        dataset_options={"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": sheet.about},
        usual_options={"IDENTIFIER": sheet.title},
    )
    return target.write(rows)


def write_filegdb(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped File Geodatabase."""
    folder = path.with_suffix(".d")
    folder.mkdir()
    purpose = f"<idPurp>{escape(sheet.about)}</idPurp>"
    options = {
        "TARGET_ARCGIS_VERSION": "ALL",
        "DOCUMENTATION": f"<metadata><dataIdInfo>{purpose}</dataIdInfo></metadata>",
    }
    inner = folder / f"{sheet.layer}.gdb"
    target = OgrTarget(inner, "OpenFileGDB", sheet, layer_options=options)
    count = target.write(rows)
    _zip(path, folder)
    return count


def write_shapefile(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped Shapefile in UTF-8, with a table of the shortened names."""
    folder = path.with_suffix(".d")
    folder.mkdir()
    names, cuts = short_names(sheet.fields), Counter[str]()
    target = OgrTarget(
        folder, "ESRI Shapefile", sheet, names, single_file=False, multi=False
    )
    count = target.write(_shortened(rows, cuts))
    table = field_table(sheet, names, cuts)
    (folder / "fields.txt").write_text(table, encoding="utf-8")
    _zip(path, folder)
    return count


def _zip(path: Path, folder: Path) -> None:
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
    if isinstance(value, list | tuple | set):
        value = as_text(value)
    if not isinstance(value, str) or len(value) * 4 <= _DBF_TEXT:
        return value
    data = value.encode()
    if len(data) <= _DBF_TEXT:
        return value
    cuts[name] += 1
    return data[:_DBF_TEXT].decode("utf-8", "ignore")


def field_table(sheet: Sheet, names: dict[str, str], cuts: dict[str, int]) -> str:
    """Return the table of short and full names, and which texts were cut."""
    lines = [sheet.about] if sheet.about else []
    lines += [_("Shapefiles hold names of ten letters and texts of 254 bytes."), ""]
    for item in sheet.fields:
        lines.append(f"{names[item.name]:<10}  {item.name}  ({item.label})")
    for name, count in cuts.items():
        said = _("%(count)s texts of %(name)s were cut.")
        lines.append(said % {"count": count, "name": name})
    return "\n".join(lines) + "\n"
