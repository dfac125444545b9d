"""Write GeoJSON as RFC 7946 wants it: WGS 84, outer rings anticlockwise."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely

from safelane.exchange.writers import Row, Sheet, chunks, shapes


def write_geojson(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write one FeatureCollection, feature by feature."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        name = json.dumps(sheet.layer, ensure_ascii=False)
        about = json.dumps(sheet.about, ensure_ascii=False)
        file.write(f'{{"type":"FeatureCollection","name":{name},')
        file.write(f'"description":{about},"features":[')
        for chunk in chunks(rows):
            features = _features(chunk, sheet)
            file.write(("," if count else "") + "\n" + ",\n".join(features))
            count += len(chunk)
        file.write("\n]}\n")
    return count


def _features(chunk: list[Row], sheet: Sheet) -> list[str]:
    turned = shapely.orient_polygons(shapes(chunk), exterior_cw=False)
    geometries = shapely.to_geojson(turned)
    names = [field.name for field in sheet.fields]
    return [
        f'{{"type":"Feature","geometry":{geometry or "null"},'
        f'"properties":{_properties(row, names)}}}'
        for row, geometry in zip(chunk, geometries, strict=True)
    ]


def _properties(row: Row, names: list[str]) -> str:
    values = {name: row.values.get(name) for name in names}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
