"""Read GeoJSON (RFC 7946, and the older form with a named CRS) feature by feature.

A file is one large JSON document; it is walked through without holding it in memory.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import numpy as np
import shapely
from shapely.geometry import shape

from safelane.exchange.files.errors import (
    BrokenFile,
    RowFault,
    UnknownCrs,
    WrongEncoding,
)
from safelane.exchange.files.reading import Geometries, ReadJob
from safelane.exchange.files.reprojection import WGS84, crs_label
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import (
    Record,
    RecordReader,
    Unreadable,
    broken_geometry,
)

_CODE = re.compile(r"epsg[:/]+(?:[\d.]*[:/])?(\d{4,6})", re.I)
_TAIL = 1 << 16
_CRS = re.compile(
    r"\]\s*(?:,\s*\"[^\"]*\"\s*:\s*\"[^\"]*\"\s*)*,\s*\"crs\"\s*:\s*(?=\{)"
)
# Nothing but further plain members until the end of the document.
_IS_LAST = re.compile(r"(?:\s*,\s*\"[^\"]*\"\s*:\s*[^\[\]{}]*?)*\s*\}\s*")
_FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class GeoJsonReader(RecordReader):
    """A FeatureCollection, a Feature, a bare geometry or one feature per line."""

    def __init__(self, job: ReadJob) -> None:
        self._job = job
        with _opened(job) as stream:
            named = stream.member("crs")
        if named is None:
            named = _behind_features(job)
        self._crs = job.crs or (WGS84 if named is None else _system(named))
        self.info = self.describe(self._crs)

    @staticmethod
    def build(raws: list[Any], rows: list[int]) -> tuple[Geometries, list[RowFault]]:
        """Return geometries of GeoJSON objects; simple outlines all at once."""
        result = np.full(len(raws), None, dtype=object)
        faults: list[RowFault] = []
        simple = [i for i, raw in enumerate(raws) if _is_simple(raw)]
        done = set(simple) if simple and _build_outlines(raws, simple, result) else ()
        for i, raw in enumerate(raws):
            if raw is not None and i not in done:
                try:
                    result[i] = shape(raw)
                except (*_FAULTS, RecursionError, shapely.errors.ShapelyError) as error:
                    faults.append(broken_geometry(rows[i], error))
        return result, faults

    def records(self) -> Iterator[Record]:
        with _opened(self._job) as stream:
            for number, feature in enumerate(stream.features(), start=1):
                record = _record(number, feature, stream.progress)
                other = self._other_system(feature)
                if other is None:
                    yield record
                else:
                    said = {"found": other, "used": crs_label(self._crs)}
                    fault = RowFault(number, "feature-crs", values=said)
                    faults = (*record.faults, fault)
                    yield record._replace(geometry=None, faults=faults)

    def _other_system(self, feature: Any) -> str | None:
        """Return the reference system that a feature names for itself, if another."""
        named = feature.get("crs") if isinstance(feature, dict) else None
        place = feature.get("geometry") if isinstance(feature, dict) else None
        if named is None and isinstance(place, dict):
            named = place.get("crs")
        if named is None or self._job.crs:
            return None
        try:
            found = _system(named)
        except UnknownCrs:
            return str(named)[:80]
        return None if found == self._crs else found


def _system(named: Any) -> str:
    """Return the short name of the system that a ``crs`` member names or links to.

    Raises:
        UnknownCrs: It names none that is known.
    """
    inner = named.get("properties") if isinstance(named, dict) else None
    said = inner if isinstance(inner, dict) else {}
    text = str(said.get("name") or said.get("href") or said.get("code") or named)
    code = _CODE.search(text)
    return crs_label(f"EPSG:{code[1]}" if code else text)


def _behind_features(job: ReadJob) -> Any:
    """Return the ``crs`` member that stands behind the features, or None."""
    with job.path.open("rb") as file:
        file.seek(max(0, job.path.stat().st_size - _TAIL))
        data = file.read()
    text = data.decode("utf-16-le" if b"\0" in data else "utf-8", "ignore")
    for match in _CRS.finditer(text):
        with suppress(ValueError):
            value, end = json.JSONDecoder().raw_decode(text, match.end())
            if _IS_LAST.fullmatch(text, end):
                return value
    return None


_DAMAGED = _("the JSON breaks off or is damaged")


@contextmanager
def _opened(job: ReadJob) -> Iterator[JsonStream]:
    """Open the text; what cannot be decoded is a fault of the file."""
    with job.path.open("rb") as file:
        wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    try:
        with job.path.open(encoding="utf-16" if wide else "utf-8-sig") as text:
            yield JsonStream(text, job.path.stat().st_size)
    except UnicodeError as error:
        raise WrongEncoding(encoding="UTF-8") from error
    except Unreadable as error:
        raise BrokenFile(reason=str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BrokenFile(reason=_DAMAGED) from error


def _record(number: int, feature: Any, progress: float) -> Record:
    if not isinstance(feature, dict):
        fault = RowFault(number, "feature", values={"reason": _("it is no object")})
        return Record(number, {}, None, (fault,), progress)
    if feature.get("type") != "Feature" and "geometry" not in feature:
        return Record(number, {}, feature, (), progress)
    properties = feature.get("properties")
    faults: tuple[RowFault, ...] = ()
    if not isinstance(properties, dict | None):
        values = {"reason": _("its properties are no object")}
        properties, faults = None, (RowFault(number, "feature", values=values),)
    values = {str(k): _flat(v) for k, v in (properties or {}).items()}
    if feature.get("id") is not None:
        values.setdefault("id", _flat(feature["id"]))
    return Record(number, values, feature.get("geometry"), faults, progress)


def _flat(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return str(value)
    return value


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


_CHUNK = 1 << 20
_MAX_VALUE = 64 << 20
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonStream:
    """A cursor in a text: values are decoded one at a time from a sliding window.

    Args:
        size: Of the whole file in bytes, for :attr:`progress`.
    """

    def __init__(self, text: TextIO, size: int) -> None:
        self._text, self._size = text, max(1, size)
        self._held, self._at = "", 0
        self._ended, self._seen = False, 0
        # In a geometry both are a fault of its row.
        constants = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
        self._decode = json.JSONDecoder(parse_constant=constants.get).raw_decode

    @property
    def progress(self) -> float:
        """Return the share of the file that has been taken in, about."""
        return min(1.0, self._seen / self._size)

    def member(self, wanted: str) -> Any:
        """Return a member of the top object that stands before the features."""
        for name in self._members() if self._peek() == "{" else ():
            if name == "features":
                break
            value = self._value()
            if name == wanted:
                return value
        return None

    def features(self) -> Iterator[Any]:
        """Yield the features of a collection, or the one thing that the text is.

        Raises:
            ValueError: The text is not JSON, or stops too early.
        """
        is_list = self._peek() == "["
        start = self._held[self._at : self._at + 65536]
        if is_list:
            yield from self._array()
        elif '"features"' in start or '"FeatureCollection"' in start:
            yield from self._collection()
        else:
            while self._peek():
                yield self._value()
        if self._peek():
            raise Unreadable(_("there is more after its end"))

    def _collection(self) -> Iterator[Any]:
        found = False
        for name in self._members():
            if name == "features" and self._peek() == "[":
                found = True
                yield from self._array()
            else:
                self._value()
        if not found:
            raise Unreadable(_("the collection has no features"))

    def _array(self) -> Iterator[Any]:
        return self._listed("[", self._value, "]")

    def _members(self) -> Iterator[str]:
        """Yield the names of an object's members; the caller consumes each value."""
        return self._listed("{", self._name, "}")

    def _name(self) -> str:
        name = self._value()
        if not isinstance(name, str):
            raise Unreadable(_DAMAGED)
        self._expect(":")
        return name

    def _listed(self, start: str, read: Callable[[], Any], end: str) -> Iterator[Any]:
        """Yield what stands between two brackets, with commas between."""
        self._expect(start)
        if self._peek() != end:
            yield read()
            while self._peek() == ",":
                self._expect(",")
                yield read()
        self._expect(end)

    def _peek(self) -> str:
        """Return the next character that is not space; "" at the end."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def _expect(self, char: str) -> None:
        found = self._peek()
        if found != char:
            raise Unreadable(_DAMAGED)
        self._at += 1

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except json.JSONDecodeError:
                if len(self._held) - self._at > _MAX_VALUE or not self._more():
                    raise
                continue
            # A number at the very end of the window may go on in the next chunk.
            if end == len(self._held) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        # Doubling keeps re-decoding of one huge value linear.
        chunk = self._text.read(max(_CHUNK, len(self._held) - self._at))
        self._ended = not chunk
        self._seen += len(chunk)
        self._held = self._held[self._at :] + chunk
        self._at = 0
        return bool(chunk)
