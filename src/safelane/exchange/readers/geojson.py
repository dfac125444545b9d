"""Read GeoJSON (RFC 7946, and the older form with a named CRS) feature by feature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, TextIO

import numpy as np
import shapely
from shapely.geometry import shape

from safelane.exchange.files.errors import BrokenFile, EmptyFile, WrongEncoding
from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.reprojection import WGS84, crs_label
from safelane.exchange.files.tables import Column, Geometries, Kind, SourceInfo
from safelane.exchange.readers.jsonstream import JsonStream
from safelane.exchange.readers.records import RawRows, Record, gather

_LOOK = 1000
_FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class GeoJsonReader:
    """A FeatureCollection, a Feature, a bare geometry or one feature per line."""

    def __init__(self, job: ReadJob) -> None:
        self._job = job
        crs = job.crs or self._named_crs() or WGS84
        looked = list(islice(self._records(), _LOOK))
        if not looked:
            raise EmptyFile(file=job.name)
        columns = _columns([r.values for r in looked])
        self._names = [c.name for c in columns]
        self.info = SourceInfo(
            format="geojson",
            columns=columns,
            crs=crs,
            encoding="utf-8",
            has_geometry=True,
        )

    def batches(self, size: int, after: int) -> Iterator[RawRows]:
        return gather(self._records(), size, after, self._names, build_geometries)

    def _open(self) -> TextIO:
        with self._job.path.open("rb") as file:
            start = file.read(2)
        wide = start in (b"\xff\xfe", b"\xfe\xff")
        return self._job.path.open(encoding="utf-16" if wide else "utf-8-sig")

    def _named_crs(self) -> str:
        with self._open() as text, self._clear_errors():
            named = JsonStream(text, self._job.limits).member("crs")
        if not isinstance(named, dict):
            return ""
        properties = named.get("properties")
        name = properties.get("name") if isinstance(properties, dict) else None
        return crs_label(str(name)) if name else ""

    def _records(self) -> Iterator[Record]:
        with self._open() as text, self._clear_errors():
            stream = JsonStream(text, self._job.limits)
            for number, feature in enumerate(stream.features(), start=1):
                yield _record(number, feature, stream.progress(self._job.path))

    def _clear_errors(self) -> _Clear:
        return _Clear(self._job.name)


class _Clear:
    """Turn the decoder's exceptions into faults that name the file."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, UnicodeError):
            raise WrongEncoding(file=self._name, encoding="UTF-8") from error
        if isinstance(error, (ValueError, RecursionError)):
            raise BrokenFile(file=self._name, reason=str(error)[:200]) from error


def _record(number: int, feature: Any, progress: float) -> Record:
    if not isinstance(feature, dict):
        fault = RowFault(number, "feature", values={"reason": "not an object"})
        return Record(number, {}, None, (fault,), progress)
    if feature.get("type") != "Feature" and "geometry" not in feature:
        return Record(number, {}, feature, (), progress)
    properties = feature.get("properties")
    faults: tuple[RowFault, ...] = ()
    if not isinstance(properties, dict):
        if properties is not None:
            values = {"reason": "properties are not an object"}
            faults = (RowFault(number, "feature", values=values),)
        properties = {}
    values = {str(k): _flat(v) for k, v in properties.items()}
    if feature.get("id") is not None:
        values.setdefault("id", _flat(feature["id"]))
    return Record(number, values, feature.get("geometry"), faults, progress)


def _flat(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return str(value)
    return value


def _columns(rows: list[dict[str, Any]]) -> list[Column]:
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            found = kinds.setdefault(name, set())
            if value is not None:
                found.add(type(value))
    return [Column(name, _kind(found)) for name, found in kinds.items()]


def _kind(found: set[type]) -> Kind:
    if found == {bool}:
        return "boolean"
    if found == {int}:
        return "integer"
    return "number" if found and found <= {int, float} else "text"


def build_geometries(
    raws: list[Any], rows: list[int]
) -> tuple[Geometries, list[RowFault]]:
    """Return shapely geometries for GeoJSON objects; simple outlines all at once."""
    result = np.full(len(raws), None, dtype=object)
    faults: list[RowFault] = []
    simple = [i for i, raw in enumerate(raws) if _is_simple(raw)]
    if simple and not _build_outlines(raws, simple, result):
        simple = []
    done = set(simple)
    for i, raw in enumerate(raws):
        if raw is not None and i not in done:
            result[i] = _build_one(raw, rows[i], faults)
    return result, faults


def _is_simple(raw: Any) -> bool:
    if not isinstance(raw, dict) or raw.get("type") != "Polygon":
        return False
    rings = raw.get("coordinates")
    return isinstance(rings, list) and len(rings) == 1 and isinstance(rings[0], list)


def _build_outlines(raws: list[Any], simple: list[int], result: Geometries) -> bool:
    """Build all polygons without holes at once; False when any of them is odd."""
    rings = [raws[i]["coordinates"][0] for i in simple]
    lengths = [len(ring) for ring in rings]
    try:
        flat = np.array([point for ring in rings for point in ring], dtype=float)
        if flat.ndim != 2 or flat.shape[1] < 2 or min(lengths) < 4:
            return False
        index = np.repeat(np.arange(len(rings)), lengths)
        closed = shapely.linearrings(flat[:, :2], indices=index)
        result[simple] = shapely.polygons(closed)
    except (*_FAULTS, shapely.errors.ShapelyError):
        return False
    return True


def _build_one(raw: Any, row: int, faults: list[RowFault]) -> Any:
    try:
        return shape(raw)
    except (*_FAULTS, RecursionError, shapely.errors.ShapelyError) as error:
        reason = {"reason": str(error)[:120] or type(error).__name__}
        faults.append(RowFault(row, "geometry-broken", values=reason))
        return None
