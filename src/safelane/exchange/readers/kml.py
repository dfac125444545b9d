"""Read KML and KMZ placemarks with their geometries, extended data and folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from safelane.exchange.files.errors import BrokenFile, RowFault
from safelane.exchange.files.formats import file_names, open_archive, unpack
from safelane.exchange.files.reading import ReadJob
from safelane.exchange.files.reprojection import WGS84
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import (
    Record,
    RecordReader,
    Unreadable,
    as_built,
    broken_geometry,
)
from safelane.exchange.readers.xml import local_name, walk

_PLAIN = ("name", "description", "address", "phoneNumber", "styleUrl")
_FOLDERS = ("Folder", "Document")
_WATCHED = ("Placemark", "name", "NetworkLink", *_FOLDERS)
_TIMES = ("when", "begin", "end")


class KmlReader(RecordReader):
    """Every placemark of one document or several, in order; always WGS 84.

    Args:
        documents: Name -> path, where the file holds several.
    """

    build = staticmethod(as_built)

    def __init__(self, job: ReadJob, documents: dict[str, Path] | None = None) -> None:
        self._documents, self._links = documents or {"": job.path}, 0
        self.info = self.describe(WGS84)
        if self._links:
            self.info.notes.append(("links", {"count": self._links}))

    def records(self) -> Iterator[Record]:
        number, self._links = 0, 0
        for name, path in self._documents.items():
            for record in self._placemarks(name, path, number):
                number = record.row
                yield record

    def _placemarks(self, name: str, path: Path, before: int) -> Iterator[Record]:
        """Yield what one document holds, numbered on from ``before``."""
        folders = [name] * bool(name)
        number, root = before, ""
        events = walk(path, ("start", "end"), _WATCHED)
        for event, element in events:
            tag = local_name(element)
            root = root or local_name(element.getroottree().getroot())
            if event == "start":
                if tag in _FOLDERS:
                    folders.append("")
            elif tag == "Placemark":
                number += 1
                yield _record(number, element, folders)
                _forget(element)
            elif tag in _FOLDERS:
                folders.pop()
                _forget(element)
            elif tag == "name" and folders:
                if local_name(element.getparent()) in _FOLDERS:
                    folders[-1] = (element.text or "").strip()
            elif tag == "NetworkLink":
                self._links += 1
        if root.lower() != "kml" and number == before:
            raise BrokenFile(reason=_("it holds no KML document"))


def _forget(element: Any) -> None:
    """Free what has been read; keep the parents that are still open."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def open_kmz(job: ReadJob) -> KmlReader:
    """Return a reader for all documents of a zip, the main one first."""
    with open_archive(job.path, job.limits) as archive:
        names = [n for n in file_names(archive) if n.lower().endswith(".kml")]
        names.sort(key=lambda name: name != "doc.kml")
        paths = {
            name: unpack(archive, name, job.workdir / f"document{number}.kml")
            for number, name in enumerate(names)
        }
    if len(paths) == 1:
        return KmlReader(job, {"": paths[names[0]]})
    reader = KmlReader(job, paths)
    said = {"count": len(names), "names": ", ".join(names)[:300]}
    reader.info.notes.append(("documents", said))
    return reader


def _record(number: int, placemark: Any, folders: list[str]) -> Record:
    values: dict[str, Any] = {}
    faults: list[RowFault] = []
    shapes: list[Any] = []
    for child in placemark:
        tag = local_name(child)
        if tag in _PLAIN:
            values[tag] = _text(child)
        elif tag == "ExtendedData":
            values |= _extended(child)
        elif tag in {"TimeStamp", "TimeSpan"}:
            times = {local_name(c): _text(c) for c in child}
            values |= {name: time for name, time in times.items() if name in _TIMES}
        elif tag in GEOMETRIES or tag in {"Track", "MultiTrack", "Model"}:
            try:
                shapes.append(build_geometry(child))
            except (ValueError, TypeError, RecursionError) as error:
                faults.append(broken_geometry(number, error))
    if path := "/".join(filter(None, folders)):
        values.setdefault("folder", path)
    # Several side by side are against the standard, and are drawn by others as one.
    geometry = shapes[0] if len(shapes) == 1 else _together(shapes)
    return Record(number, values, geometry, tuple(faults))


def _text(element: Any) -> str | None:
    return "".join(element.itertext()).strip() or None


def _extended(element: Any) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for item in element.iter():
        tag, name = local_name(item), item.get("name")
        if tag == "SimpleData" and name:
            values[name] = _text(item)
        elif tag == "Data" and name:
            value = next((c for c in item if local_name(c) == "value"), None)
            values[name] = None if value is None else _text(value)
    return values


_MULTI: dict[str, Any] = {
    kind.__name__.removeprefix("Multi"): kind
    for kind in (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
}
GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def build_geometry(element: Any, depth: int = 0) -> BaseGeometry:
    """Return the geometry that an element describes.

    Raises:
        ValueError: Of another kind, without coordinates or with bad ones.
    """
    if depth > 8:
        raise Unreadable(_("geometries are nested too deeply"))
    match local_name(element):
        case "Point":
            return shapely.Point(_coordinates(element)[0])
        case "LineString" | "LinearRing":
            return shapely.LineString(_coordinates(element))
        case "Polygon":
            return _polygon(element)
        case "MultiGeometry":
            found = (c for c in element if local_name(c) in GEOMETRIES)
            whole = _together([build_geometry(c, depth + 1) for c in found])
            if whole is None:
                raise Unreadable(_("the collection is empty"))
            return whole
        case _other:
            raise Unreadable(_("it is of a kind that is not read"))


def _polygon(element: Any) -> BaseGeometry:
    outers: list[Any] = []
    holes = []
    for side in element:
        rings = [r for r in side.iter() if local_name(r) == "LinearRing"]
        if local_name(side) == "outerBoundaryIs" and rings:
            outers += [_coordinates(r) for r in rings]
        elif local_name(side) == "innerBoundaryIs":
            holes += [_coordinates(r) for r in rings]
    if not outers:
        raise Unreadable(_("the polygon has no outer boundary"))
    if len(outers) == 1:
        return shapely.Polygon(outers[0], holes)
    # Against the standard, and written for areas of several parts: none is left out.
    parts = [shapely.Polygon(outer) for outer in outers]
    own = [[h for h in holes if part.covers(shapely.Point(h[0]))] for part in parts]
    return shapely.MultiPolygon(list(zip(outers, own, strict=True)))


def _together(parts: list[Any]) -> BaseGeometry | None:
    """Return the parts as one geometry, None when there is none."""
    kind = "/".join({part.geom_type for part in parts})
    return _MULTI.get(kind, shapely.GeometryCollection)(parts) if parts else None


def _coordinates(element: Any) -> np.ndarray:
    found = next((c for c in element if local_name(c) == "coordinates"), None)
    words = ("" if found is None else "".join(found.itertext())).split()
    points = [word.split(",")[:2] for word in words if word.strip(",")]
    if not points or any(len(p) != 2 for p in points):
        raise Unreadable(_("coordinates are missing or not in pairs"))
    return np.array(points, dtype=float)
