"""Read GeoPackage, Shapefile and File Geodatabase through GDAL (inside pyogrio)."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw

from safelane.exchange.files import errors
from safelane.exchange.files.errors import RowFault
from safelane.exchange.files.formats import file_names, open_archive, unpack
from safelane.exchange.files.reading import Batch, Column, Kind, ReadJob, SourceInfo
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.records import Reader, choose_layer, from_wkb
from safelane.exchange.readers.siblings import joined

FAULTS = (ValueError, TypeError, OverflowError, RuntimeError, SystemError)
_MAX_BAD = 50


class OgrReader:
    """One layer of a data source that GDAL opens.

    Args:
        source: The path to open; ``layer`` its layer name there.
        info: Description so far; columns, CRS and counts are filled in here.
        encoding: Codec for text that GDAL hands over as bytes; "" for UTF-8 sources.
        expected: Features that must come, when known better than GDAL does.
    """

    is_open = False

    def __init__(
        self,
        job: ReadJob,
        source: Path,
        info: SourceInfo,
        *,
        layer: str = "",
        encoding: str = "",
        expected: int | None = None,
    ) -> None:
        self._job, self._source, self.info = job, source, info
        self._encoding = encoding
        # Latin-1 keeps every byte, so that one bad cell does not lose its batch.
        raw = "ISO-8859-1" if encoding else None
        self._asked = {"layer": layer or None, "encoding": raw}
        with gdal_faults(info.layer):
            meta = pyogrio.read_info(source, **self._asked, force_feature_count=True)
        self._fill_info(meta, expected)

    def _fill_info(self, meta: dict[str, Any], expected: int | None) -> None:
        info = self.info
        count = int(meta["features"])
        info.row_count = count if expected is None else expected
        fields = [str(field) for field in meta["fields"]]
        if code := self._encoding:
            fields = [
                name.encode("latin-1", "replace").decode(code, "replace")
                for name in fields
            ]
        most = self._job.limits.columns
        if len(fields) > most:
            raise errors.TooManyColumns(count=len(fields), limit=most)
        types = zip(fields, meta["ogr_types"], meta["ogr_subtypes"], strict=True)
        info.columns = [
            Column(name, _KINDS.get(sub, _KINDS.get(kind, "text")))
            for name, kind, sub in types
        ]
        info.has_geometry = bool(meta["geometry_type"])
        found = str(meta["crs"] or "")
        if self._job.crs and found and self._job.crs != found:
            values = {"found": found[:60], "chosen": self._job.crs}
            info.notes.append(("crs-overruled", values))
        info.crs = self._job.crs or found
        if info.has_geometry and not info.crs:
            info.notes.append(("no-crs", {}))
        info.encoding = self._encoding or "utf-8"
        if not info.row_count:
            raise errors.EmptyFile(layer=info.layer)

    def batches(self, size: int, after: int) -> Iterator[Batch]:
        total = self.info.row_count or 0
        at, bad = after, 0
        while at < total:
            raw = self._read(at, min(size, total - at))
            bad += sum(f.code == "feature" for f in raw.faults)
            if not raw.rows or bad > _MAX_BAD:
                reason = _("only %(at)s of %(total)s features can be read")
                layer = self.info.layer
                raise errors.BrokenFile(layer=layer, reason=reason, at=at, total=total)
            at += len(raw.rows)
            raw.progress = at / total
            yield raw

    def _read(self, skip: int, count: int) -> Batch:
        try:
            return self._read_at_once(skip, count)
        except errors.BrokenFile as error:
            if count > 1:
                return self._read_halves(skip, count)
            fault = RowFault(skip + 1, "feature", values=dict(error.values))
            columns = {column.name: [None] for column in self.info.columns}
            shape = np.full(1, None, dtype=object) if self.info.has_geometry else None
            return Batch([skip + 1], columns, shape, faults=[fault])

    def _read_halves(self, skip: int, count: int) -> Batch:
        half = count // 2
        first = self._read(skip, half)
        if sum(f.code == "feature" for f in first.faults) > _MAX_BAD:
            return first
        second = self._read(skip + half, count - half)
        if first.geometry is not None and second.geometry is not None:
            first.geometry = np.concatenate([first.geometry, second.geometry])
        for name, values in first.columns.items():
            values += second.columns[name]
        first.rows += second.rows
        first.faults += second.faults
        return first

    def _read_at_once(self, skip: int, count: int) -> Batch:
        with gdal_faults(self.info.layer):
            _, _, geometry, fields = pyogrio.raw.read(
                self._source,
                **self._asked,
                skip_features=skip,
                max_features=count,
                force_2d=True,
                read_geometry=self.info.has_geometry,
            )
        length = len(fields[0]) if len(fields) else len(geometry)
        rows = list(range(skip + 1, skip + 1 + length))
        raw = Batch(rows, {})
        for column, values in zip(self.info.columns, fields, strict=True):
            raw.columns[column.name] = plain_values(
                values, column, self._encoding, rows, raw.faults
            )
        if geometry is not None:
            raw.geometry, faults = from_wkb(geometry, rows)
            raw.faults += faults
        return raw


@contextmanager
def gdal_faults(layer: str = "") -> Iterator[None]:
    """Make what GDAL raises a fault of the file; its text is no sentence for people."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except FAULTS as error:
            reason = _("it cannot be read")
            raise errors.BrokenFile(layer=layer, reason=reason) from error


def open_layers(job: ReadJob, source: Path) -> Reader:
    """Return a reader for the chosen layer and those that are one table with it.

    Those with geometry come first.

    Raises:
        BrokenFile: GDAL cannot open it.
        EmptyFile, NoSuchLayer.
    """
    with gdal_faults():
        found = pyogrio.list_layers(source).tolist()
    names = [str(n) for n, _ in sorted(found, key=lambda layer: layer[1] is None)]

    def open_one(layer: str) -> OgrReader:
        info = SourceInfo(layer=layer, layers=list(names))
        return OgrReader(job, source, info, layer=layer)

    return joined(choose_layer(names, job), names, open_one)


_KINDS: dict[str, Kind] = {
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
    "OFSTBoolean": "boolean",
}

_PLAIN: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "boolean": bool,
    "number": float,
}


def plain_values(
    values: Any, column: Column, encoding: str, rows: list[int], faults: list[RowFault]
) -> list[Any]:
    """Return JSON values; text that is not in ``encoding`` becomes a fault."""
    if values.dtype.kind == "M":
        days = (t.removesuffix(".000") for t in np.datetime_as_string(values))
        return [None if t == "NaT" else t.removesuffix("T00:00:00") for t in days]
    items = values.tolist()
    if column.kind == "integer" and values.dtype.kind == "f":
        # With empty cells GDAL hands whole numbers over as binary fractions.
        long = [i for i, v in enumerate(items) if abs(v) >= _EXACT]
        faults += [RowFault(rows[i], "digits", column.name) for i in long]
    if column.kind in _PLAIN:
        plain = _PLAIN[column.kind]  # not a number is GDAL's way of saying nothing
        return [None if v is None or v != v else plain(v) for v in items]
    texts = [_text(v) for v in items]
    if encoding:
        for i, value in enumerate(texts):
            texts[i], is_sound = _decoded(value, encoding)
            if not is_sound:
                faults.append(RowFault(rows[i], "encoding", column.name))
    return texts


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, bytes):
        return None  # pictures and the like are never imported as text
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist(), ensure_ascii=False)
    return str(value)


def _decoded(value: Any, encoding: str) -> tuple[Any, bool]:
    """Return the text that GDAL handed over as bytes, and whether it is in order."""
    if not isinstance(value, str) or value.isascii():
        return value, True
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        return value, True  # GDAL has decoded it already
    try:
        return data.decode(encoding), True
    except UnicodeDecodeError as error:
        # A field of fixed bytes may cut the last letter in two; that letter is lost.
        is_cut = error.end == len(data) and len(data) - error.start < 4
        if is_cut and encoding == "utf-8":
            return data[: error.start].decode(encoding), True
        return data.decode(encoding, "replace"), False


_EXACT = 2**53
_WAL = b"\x02"  # the journal mode in the header of an SQLite file
_SOUND_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


def open_geopackage(job: ReadJob) -> Reader:
    """Return a reader for the chosen layer of a GeoPackage or SpatiaLite file."""
    wal = job.path.with_name(f"{job.path.name}-wal")
    is_there = wal.exists()  # GDAL takes it in and removes it
    with job.path.open("rb") as file:
        is_wal = file.read(19)[18:] == _WAL
    reader = open_layers(job, _named_gpkg(job))
    if is_there:
        reader.info.notes.append(("wal-read", {"name": wal.name}))
    elif is_wal:
        reader.info.notes.append(("wal", {}))
    return reader


def _named_gpkg(job: ReadJob) -> Path:
    if job.path.suffix.lower() == ".gpkg":
        return job.path
    # GDAL wants the ending; the stored file may have none, and is never written to.
    source = job.workdir / "data.gpkg"
    source.unlink(missing_ok=True)
    try:
        os.link(job.path, source)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(job.path, source)
    return source


def open_filegdb(job: ReadJob) -> Reader:
    """Return a reader for the chosen feature class.

    Raises:
        BrokenFile, ArchiveRefused: It is damaged, or the zip is not one geodatabase.
    """
    return open_layers(job, job.path if job.path.is_dir() else _unpacked(job))


def _unpacked(job: ReadJob) -> Path:
    target = job.workdir / "data.gdb"
    with open_archive(job.path, job.limits) as archive:
        names = [PurePosixPath(n.replace("\\", "/")) for n in file_names(archive)]
        folders = {n.parent for n in names if n.suffix.lower() == ".gdbtable"}
        if len(folders) != 1:
            reason = _("it holds %(count)s geodatabases, and one is needed")
            raise errors.ArchiveRefused(reason=reason, count=len(folders))
        folder = folders.pop()
        for original, name in zip(file_names(archive), names, strict=True):
            if name.parent != folder:
                continue
            if not _SOUND_NAME.fullmatch(name.name):
                reason = _("“%(name)s” is out of place")
                raise errors.BrokenFile(reason=reason, name=name.name)
            unpack(archive, original, target / name.name)
    return target
