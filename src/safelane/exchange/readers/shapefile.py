"""Open a Shapefile: its parts must be there, agree in number, and name an encoding."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from safelane.exchange.files.errors import BrokenFile
from safelane.exchange.files.formats import file_names, open_archive, unpack
from safelane.exchange.files.layers import NAMES_TABLE, NO_POSITION
from safelane.exchange.files.reading import Column, ReadJob, SourceInfo
from safelane.exchange.files.wording import gettext_noop as _
from safelane.exchange.readers.delimited import guess_encoding, is_utf8
from safelane.exchange.readers.ogr import OgrReader
from safelane.exchange.readers.records import Reader, choose_layer
from safelane.exchange.readers.siblings import joined

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = (".shp", ".shx", ".dbf")
_HEADER = 100
_FULL_NAME = re.compile(r"(\S{1,10}) {2,}([a-z0-9_]+)  \(")
_SAMPLE = 1 << 20
# dBASE language driver ids that say something definite.
_LANGUAGES = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x57: "", 0x7C: "cp874"}
_CODE_PAGES = {"utf8": "utf-8", "utf-8": "utf-8", "65001": "utf-8", "874": "cp874"}


Note = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class DbfTable:
    """The header of a .dbf: records, their length and where they begin."""

    count: int
    start: int
    length: int
    language: int


def open_shapefile(job: ReadJob) -> Reader:
    """Return a reader for one layer of a zipped Shapefile, or of a bare .shp.

    Layers that are one table with it are read too, and such rows without a place.

    Raises:
        BrokenFile: A part is missing, cut off, or the parts disagree.
    """
    is_bare = job.path.suffix.lower() == ".shp"
    found = {job.path.stem: job.path} if is_bare else _unpacked(job)
    names = list(found)
    layer = choose_layer(names, job)
    return joined(layer, names, lambda name: _open_one(job, name, found))


def _open_one(job: ReadJob, layer: str, found: dict[str, Path]) -> OgrReader:
    source = found[layer]
    has_shapes = source.suffix != ".dbf"  # else rows without a place: a table only
    needed = _NEEDED if has_shapes else ()
    missing = [s for s in needed if not source.with_suffix(s).exists()]
    if missing:
        reason, parts = _("it lacks %(parts)s"), ", ".join(missing)
        raise BrokenFile(layer=layer, reason=reason, parts=parts)
    table = _table(source.with_suffix(".dbf"))
    if has_shapes:
        _check_parts(source, table, layer)
    encoding, notes = _encoding(source, table, job)
    layers = list(found) if has_shapes else [layer]
    info = SourceInfo(layer=layer, layers=layers, notes=list(notes))
    expected = table.count - _deleted(source.with_suffix(".dbf"), table)
    return _fully_named(
        job, OgrReader(job, source, info, encoding=encoding, expected=expected)
    )


def _fully_named(job: ReadJob, reader: OgrReader) -> OgrReader:
    """Give columns the full names that our own exports tell beside the layers."""
    table = job.workdir / NAMES_TABLE
    if table.exists():
        lines = table.read_text("utf-8", "replace").splitlines()
        full = {m[1]: m[2] for line in lines if (m := _FULL_NAME.match(line))}
        columns = [(full.get(name, name), kind) for name, kind in reader.info.columns]
        if len({name for name, _kind in columns}) == len(columns):
            reader.info.columns = [Column(*column) for column in columns]
    return reader


def _unpacked(job: ReadJob) -> dict[str, Path]:
    layers: dict[str, Path] = {}
    with open_archive(job.path, job.limits) as archive:
        listed = file_names(archive)
        names = {name.lower(): name for name in listed}
        stems = [name[:-4] for name in listed if name.lower().endswith(".shp")]
        if NAMES_TABLE in listed:
            unpack(archive, NAMES_TABLE, job.workdir / NAMES_TABLE)
        for number, stem in enumerate(stems):
            base = job.workdir / f"layer{number}"
            for suffix in _PARTS:
                if name := names.get((stem + suffix).lower()):
                    unpack(archive, name, base.with_suffix(suffix))
            label = PurePosixPath(stem.replace("\\", "/")).name
            layers[label if label not in layers else stem] = base.with_suffix(".shp")
        for label in list(layers):
            for stem in (s for s in stems if PurePosixPath(s).name == label):
                table = names.get(f"{stem}{NO_POSITION}.dbf".lower())
                if table and f"{stem}{NO_POSITION}.shp".lower() not in names:
                    base = job.workdir / f"table{len(layers)}.dbf"
                    layers[label + NO_POSITION] = unpack(archive, table, base)
                    code = names.get(f"{stem}{NO_POSITION}.cpg".lower())
                    if code:
                        unpack(archive, code, base.with_suffix(".cpg"))
    return layers


_CUT = _("the part %(part)s is cut off or damaged")


def _check_parts(source: Path, table: DbfTable, layer: str) -> None:
    """Raise where the parts disagree in number, or the shapes are cut off."""
    shapes = (source.with_suffix(".shx").stat().st_size - _HEADER) // 8
    if shapes != table.count:
        reason = _("the .shx counts %(shapes)s shapes, the .dbf %(count)s rows")
        count = table.count
        raise BrokenFile(layer=layer, reason=reason, shapes=shapes, count=count)
    with source.open("rb") as file:
        head = file.read(_HEADER)
    size = source.stat().st_size
    if len(head) < _HEADER or struct.unpack(">i", head[24:28])[0] * 2 > size:
        raise BrokenFile(layer=layer, reason=_CUT, part=".shp")


def _table(path: Path) -> DbfTable:
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise BrokenFile(reason=_CUT, part=".dbf")
    count, start, length = struct.unpack("<IHH", head[4:12])
    if start < 33 or length < 1 or path.stat().st_size < start + count * length:
        raise BrokenFile(reason=_CUT, part=".dbf")
    return DbfTable(count, start, length, head[29])


def _deleted(path: Path, table: DbfTable) -> int:
    if not table.count:
        return 0
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=table.start)
    flags = data[: table.count * table.length : table.length]
    return int((flags == ord("*")).sum())


def _encoding(source: Path, table: DbfTable, job: ReadJob) -> tuple[str, list[Note]]:
    """Return the encoding, and what is to be said of it."""
    if job.encoding:
        return job.encoding, []
    with source.with_suffix(".dbf").open("rb") as file:
        file.seek(table.start)
        sample = file.read(min(_SAMPLE, table.count * table.length))
    file_says = source.with_suffix(".cpg")
    name = _LANGUAGES.get(table.language, "")
    if file_says.exists():
        text = file_says.read_bytes()[:40].decode("ascii", "replace")
        name = _codec(text) or name
    if sample.isascii():
        return name or "utf-8", []
    if name and name != "utf-8" and is_utf8(sample):
        return "utf-8", [("encoding-overruled", {"found": name})]
    if name:
        return name, []
    guess = guess_encoding(sample.replace(b"\0", b" "))
    return guess, [("guessed-encoding", {"encoding": guess})]


def _codec(text: str) -> str:
    name = text.strip().lower().removeprefix("ansi ").removeprefix("oem ")
    name = _CODE_PAGES.get(name, name)
    for candidate in (name, f"cp{name}"):
        try:
            "".encode(candidate)
        except (LookupError, ValueError):
            continue
        return candidate
    return ""
