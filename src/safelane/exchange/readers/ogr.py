"""Read GeoPackage, Shapefile and File Geodatabase through GDAL (inside pyogrio)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError

from safelane.exchange.files.errors import (
    BrokenFile,
    EmptyFile,
    NoSuchLayer,
    TooManyColumns,
)
from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.tables import Column, SourceInfo
from safelane.exchange.readers.ogrvalues import column_kind, plain_values
from safelane.exchange.readers.records import RawRows, from_wkb

FAULTS = (
    DataSourceError,
    DataLayerError,
    ValueError,
    TypeError,
    OverflowError,
    RuntimeError,
    SystemError,
)
_MAX_BAD = 50
_BUILD_PATH = re.compile(r"Error occurred in \S+|[A-Za-z]?:?[\\/]\S*[\\/]")


class OgrReader:
    """One layer of a data source that GDAL opens.

    Args:
        source: The path to open; ``layer`` its layer name there.
        info: Description so far; columns, CRS and counts are filled in here.
        encoding: Codec for text that GDAL hands over as bytes; "" for UTF-8 sources.
        expected: Features that must come, when known better than GDAL does.
    """

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
        self._layer, self._encoding = layer or None, encoding
        # Latin-1 keeps every byte, so that one bad cell does not lose its batch.
        self._raw = "ISO-8859-1" if encoding else None
        meta = self._ask(
            pyogrio.read_info,
            source,
            layer=self._layer,
            encoding=self._raw,
            force_feature_count=True,
        )
        self._fill_info(meta, expected)

    def _fill_info(self, meta: dict[str, Any], expected: int | None) -> None:
        info = self.info
        count = int(meta["features"])
        info.row_count = count if expected is None else expected
        fields = [self._decoded_name(str(f)) for f in meta["fields"]]
        if len(fields) > self._job.limits.columns:
            raise TooManyColumns(
                file=self._job.name, count=len(fields), limit=self._job.limits.columns
            )
        kinds = [column_kind(t, s) for t, s in _types(meta)]
        info.columns = [Column(n, k) for n, k in zip(fields, kinds, strict=True)]
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
            raise EmptyFile(file=self._job.name, layer=info.layer)

    def _decoded_name(self, name: str) -> str:
        if not self._encoding:
            return name
        return name.encode("latin-1", "replace").decode(self._encoding, "replace")

    def _ask(self, function: Any, *args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return function(*args, **options)
            except FAULTS as error:
                raise BrokenFile(
                    file=self._job.name, layer=self.info.layer, reason=said(error)
                ) from error

    def batches(self, size: int, after: int) -> Iterator[RawRows]:
        total = self.info.row_count or 0
        at, bad = after, 0
        while at < total:
            raw = self._read(at, min(size, total - at))
            bad += sum(f.code == "feature" for f in raw.faults)
            if not raw.rows or bad > _MAX_BAD:
                reason = f"only {at} of {total} features can be read"
                raise BrokenFile(
                    file=self._job.name, layer=self.info.layer, reason=reason
                )
            at += len(raw.rows)
            raw.progress = at / total
            yield raw

    def _read(self, skip: int, count: int) -> RawRows:
        try:
            return self._read_at_once(skip, count)
        except BrokenFile as error:
            if count > 1:
                return self._read_halves(skip, count)
            values = {"reason": str(error.values["reason"])}
            fault = RowFault(skip + 1, "feature", values=values)
            names = [c.name for c in self.info.columns]
            empty = np.full(1, None, dtype=object)
            geometry = empty if self.info.has_geometry else None
            return RawRows([skip + 1], {n: [None] for n in names}, geometry, [fault])

    def _read_halves(self, skip: int, count: int) -> RawRows:
        half = count // 2
        first = self._read(skip, half)
        if sum(f.code == "feature" for f in first.faults) > _MAX_BAD:
            return first
        second = self._read(skip + half, count - half)
        return _joined(first, second)

    def _read_at_once(self, skip: int, count: int) -> RawRows:
        _, _, geometry, fields = self._ask(
            pyogrio.raw.read,
            self._source,
            layer=self._layer,
            encoding=self._raw,
            skip_features=skip,
            max_features=count,
            force_2d=True,
            read_geometry=self.info.has_geometry,
        )
        length = len(fields[0]) if len(fields) else len(geometry)
        rows = list(range(skip + 1, skip + 1 + length))
        raw = RawRows(rows, {})
        for column, values in zip(self.info.columns, fields, strict=True):
            raw.columns[column.name] = plain_values(
                values, column, self._encoding, rows, raw.faults
            )
        if geometry is not None:
            raw.geometry, faults = from_wkb(geometry, rows)
            raw.faults += faults
        return raw


def said(error: BaseException) -> str:
    """Return GDAL's words without the paths of its build or of our folders."""
    text = _BUILD_PATH.sub("", str(error)).strip()
    return text[:200] or type(error).__name__


def _types(meta: dict[str, Any]) -> list[tuple[str, str]]:
    return list(zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True))


def _joined(first: RawRows, second: RawRows) -> RawRows:
    geometry = None
    if first.geometry is not None and second.geometry is not None:
        geometry = np.concatenate([first.geometry, second.geometry])
    columns = {n: v + second.columns.get(n, []) for n, v in first.columns.items()}
    return RawRows(
        first.rows + second.rows, columns, geometry, first.faults + second.faults
    )


def layer_names(source: Path, job: ReadJob) -> list[str]:
    """Return the layers of a data source, those with geometry first.

    Raises:
        BrokenFile: GDAL cannot open it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = pyogrio.list_layers(source)
    except FAULTS as error:
        raise BrokenFile(file=job.name, reason=said(error)) from error
    ordered = sorted(found.tolist(), key=lambda layer: layer[1] is None)
    return [str(name) for name, _ in ordered]


def choose_layer(names: list[str], job: ReadJob) -> str:
    """Return the wanted layer, or the first.

    Raises:
        EmptyFile, NoSuchLayer.
    """
    if not names:
        raise EmptyFile(file=job.name)
    if job.layer and job.layer not in names:
        raise NoSuchLayer(file=job.name, wanted=job.layer, choices=", ".join(names))
    return job.layer or names[0]
