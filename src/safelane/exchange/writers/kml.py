"""Write KML 2.2 and KMZ, one placemark per row, with a schema for the fields."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from lxml import etree
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from safelane.exchange.writers import Row, Sheet, as_text, chunks, shapes

NAMESPACE = "http://www.opengis.net/kml/2.2"
_KINDS = {"integer": "int", "number": "double", "boolean": "bool"}


def write_kml(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a KML document."""
    count = 0
    with etree.xmlfile(str(path), encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("kml", nsmap={None: NAMESPACE}), xml.element("Document"):
            xml.write(_text("name", sheet.title))
            xml.write(_text("description", sheet.about))
            xml.write(_schema(sheet))
            for chunk in chunks(rows):
                for row, shape in zip(chunk, shapes(chunk), strict=True):
                    xml.write(_placemark(row, shape, sheet))
                count += len(chunk)
    return count


def write_kmz(path: Path, sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write a zipped KML document."""
    inner = path.with_suffix(".doc.kml")
    count = write_kml(inner, sheet, rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "doc.kml")
    return count


def _text(tag: str, value: Any, **attributes: str) -> Any:
    element = etree.Element(tag, attributes)
    element.text = ILLEGAL_CHARACTERS_RE.sub("", as_text(value))
    return element


def _schema(sheet: Sheet) -> Any:
    schema = etree.Element("Schema", name=sheet.layer, id="fields")
    for field in sheet.fields:
        kind = _KINDS.get(field.kind, "string")
        item = etree.SubElement(schema, "SimpleField", type=kind, name=field.name)
        item.append(_text("displayName", str(field.label)))
    return schema


def _placemark(row: Row, shape: BaseGeometry | None, sheet: Sheet) -> Any:
    mark = etree.Element("Placemark")
    title = row.values.get("reference") or row.values.get("name")
    if title:
        mark.append(_text("name", title))
    data = etree.SubElement(etree.SubElement(mark, "ExtendedData"), "SchemaData")
    data.set("schemaUrl", "#fields")
    for field in sheet.fields:
        value = row.values.get(field.name)
        # Without its own empty text, a name would be read from that of the placemark.
        if value is not None or field.kind not in _KINDS:
            data.append(_text("SimpleData", value, name=field.name))
    if shape is not None and not shape.is_empty:
        mark.append(_geometry(shape))
    return mark


def _geometry(shape: BaseGeometry) -> Any:
    kind = shape.geom_type
    is_one = kind in {"Point", "LineString", "LinearRing", "Polygon"}
    element = etree.Element(kind if is_one else "MultiGeometry")
    if isinstance(shape, Polygon):
        sides = [("outerBoundaryIs", shape.exterior)]
        sides += [("innerBoundaryIs", ring) for ring in shape.interiors]
        for tag, ring in sides:
            etree.SubElement(element, tag).append(_geometry(ring))
    elif is_one:
        element.append(_coordinates(shape))
    else:
        element.extend(map(_geometry, shapely.get_parts(shape)))
    return element


def _coordinates(shape: BaseGeometry) -> Any:
    points = shapely.get_coordinates(shape).tolist()
    return _text("coordinates", " ".join(f"{x:.9f},{y:.9f}" for x, y in points))
