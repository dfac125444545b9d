"""Read KML and KMZ placemarks with their extended data and folders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from safelane.exchange.files.archive import file_names, open_archive, unpack
from safelane.exchange.files.errors import BrokenFile, EmptyFile
from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.reprojection import WGS84
from safelane.exchange.files.tables import Column, Geometries, SourceInfo
from safelane.exchange.readers.kmlgeometry import GEOMETRIES, build_geometry
from safelane.exchange.readers.records import RawRows, Record, gather
from safelane.exchange.readers.xml import local_name, walk

_LOOK = 1000
_PLAIN = ("name", "description", "address", "phoneNumber", "styleUrl")
_FOLDERS = ("Folder", "Document")
_WATCHED = ("Placemark", "name", "NetworkLink", *_FOLDERS)
_TIMES = ("when", "begin", "end")


class KmlReader:
    """Every placemark of a document, in order; always WGS 84."""

    def __init__(self, job: ReadJob, is_zipped: bool) -> None:
        self._job = job
        self._path = _main_document(job) if is_zipped else job.path
        self._links = 0
        looked = list(islice(self._records(), _LOOK))
        if not looked:
            raise EmptyFile(file=job.name)
        names: dict[str, None] = {}
        for record in looked:
            names |= dict.fromkeys(record.values)
        self._names = list(names)
        notes: list[tuple[str, dict[str, Any]]] = []
        if self._links:
            notes = [("links", {"count": self._links})]
        self.info = SourceInfo(
            format="kmz" if is_zipped else "kml",
            columns=[Column(name) for name in self._names],
            crs=WGS84,
            encoding="utf-8",
            has_geometry=True,
            notes=notes,
        )

    def batches(self, size: int, after: int) -> Iterator[RawRows]:
        return gather(self._records(), size, after, self._names, _as_array)

    def _records(self) -> Iterator[Record]:
        folders: list[str] = []
        number, root = 0, ""
        events = walk(self._path, self._job.name, ("start", "end"), _WATCHED)
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
            elif tag == "name" and folders and _is_folder(element.getparent()):
                folders[-1] = (element.text or "").strip()
            elif tag == "NetworkLink":
                self._links += 1
        if root.lower() != "kml" and not number:
            raise BrokenFile(file=self._job.name, reason="no KML document inside")


def _is_folder(element: Any) -> bool:
    return element is not None and local_name(element) in _FOLDERS


def _forget(element: Any) -> None:
    """Free what has been read; keep the parents that are still open."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _main_document(job: ReadJob) -> Path:
    with open_archive(job.path, job.limits) as archive:
        names = [n for n in file_names(archive) if n.lower().endswith(".kml")]
        main = "doc.kml" if "doc.kml" in names else names[0]
        return unpack(archive, main, job.workdir / "doc.kml")


def _record(number: int, placemark: Any, folders: list[str]) -> Record:
    values: dict[str, Any] = {}
    faults: list[RowFault] = []
    geometry = None
    for child in placemark:
        tag = local_name(child)
        if tag in _PLAIN:
            values[tag] = _text(child)
        elif tag == "ExtendedData":
            values |= _extended(child)
        elif tag in {"TimeStamp", "TimeSpan"}:
            values |= {
                local_name(c): _text(c) for c in child if local_name(c) in _TIMES
            }
        elif tag in GEOMETRIES or tag in {"Track", "MultiTrack", "Model"}:
            geometry = _geometry(child, number, faults)
    path = "/".join(f for f in folders if f)
    if path:
        values.setdefault("folder", path)
    return Record(number, values, geometry, tuple(faults))


def _geometry(element: Any, number: int, faults: list[RowFault]) -> Any:
    try:
        return build_geometry(element)
    except (ValueError, TypeError, RecursionError) as error:
        reason = {"reason": str(error)[:120]}
        faults.append(RowFault(number, "geometry-broken", values=reason))
        return None


def _text(element: Any) -> str | None:
    text = "".join(element.itertext()).strip()
    return text or None


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


def _as_array(raws: list[Any], rows: list[int]) -> tuple[Geometries, list[RowFault]]:
    result = np.empty(len(raws), dtype=object)
    result[:] = raws
    return result, []
