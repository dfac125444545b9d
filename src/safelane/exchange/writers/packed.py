"""GeoPackage 1.3, zipped Shapefile and zipped File Geodatabase."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from safelane.exchange.writers.ogr import OgrTarget
from safelane.exchange.writers.rows import ExportField, Row, Sheet, as_text

_DBF_TEXT = 254
_DBF_NAME = 10


def write_gpkg(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a GeoPackage of version 1.3, which older QGIS and validators accept."""
    path.unlink(missing_ok=True)
    target = OgrTarget(
        path,
        "GPKG",
        sheet,
        {f.name: f.name for f in sheet.fields},
        dataset_options={"VERSION": "1.3"},
        layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": sheet.about},
        usual_options={"IDENTIFIER": sheet.title},
    )
    return target.write(rows)


def write_filegdb(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped File Geodatabase."""
    with _folder(path) as folder:
        inner = folder / f"{sheet.layer}.gdb"
        names = {f.name: f.name for f in sheet.fields}
        purpose = f"<idPurp>{escape(sheet.about)}</idPurp>"
        options = {
            "TARGET_ARCGIS_VERSION": "ALL",
            "DOCUMENTATION": f"<metadata><dataIdInfo>{purpose}</dataIdInfo></metadata>",
        }
        target = OgrTarget(inner, "OpenFileGDB", sheet, names, layer_options=options)
        count = target.write(rows)
        _zip(path, folder)
    return count


def write_shapefile(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped Shapefile in UTF-8, with a table of the shortened names."""
    names = short_names(sheet.fields)
    cuts = _Cuts()
    with _folder(path) as folder:
        target = OgrTarget(
            folder,
            "ESRI Shapefile",
            sheet,
            names,
            single_file=False,
            multi=False,
        )
        count = target.write(cuts.shortened(rows))
        table = field_table(sheet, names, cuts.counts)
        (folder / "fields.txt").write_text(table, encoding="utf-8")
        _zip(path, folder)
    return count


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


@dataclass
class _Cuts:
    """Texts cut to the 254 bytes that a .dbf field holds, counted by field."""

    counts: dict[str, int] = field(default_factory=dict)

    def shortened(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            yield row._replace(
                values={n: self._cut(n, v) for n, v in row.values.items()}
            )

    def _cut(self, name: str, value: object) -> object:
        if isinstance(value, list | tuple | set):
            value = as_text(value)
        if not isinstance(value, str) or len(value) * 4 <= _DBF_TEXT:
            return value
        data = value.encode()
        if len(data) <= _DBF_TEXT:
            return value
        self.counts[name] = self.counts.get(name, 0) + 1
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
