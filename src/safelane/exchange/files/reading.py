"""What a reader is asked for and hands over: a file described, rows in batches.

Between the reading process and us it goes in frames: JSON, then raw WKB. JSON and
lengths only: whatever a hostile file makes of the reading process, nothing that it
sends can be executed here.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safelane.exchange.files.errors import RowFault

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds for one file: bytes, counts and seconds.

    ``archive_ratio`` is unpacked by packed size and only counts above
    ``archive_small`` unpacked bytes: small spreadsheets pack very well.
    ``seconds`` is the time without any result after which the reader is stopped.
    """

    file_bytes: int = 2048 * MEGABYTE
    archive_bytes: int = 4096 * MEGABYTE
    archive_small: int = 64 * MEGABYTE
    archive_members: int = 5000
    archive_ratio: int = 150
    columns: int = 1000
    cell_chars: int = 1_000_000
    vertices: int = 1_000_000
    seconds: float = 60.0
    memory_bytes: int = 1024 * MEGABYTE


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class ReadJob:
    """What the reading process is asked for; it unpacks in ``workdir``."""

    path: Path
    name: str
    workdir: Path
    limits: Limits
    layer: str = ""
    encoding: str = ""
    crs: str = ""
    separator: str = ""

    def as_wire(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return asdict(self) | {"path": str(self.path), "workdir": str(self.workdir)}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> ReadJob:
        """Rebuild the job that ``as_wire`` described."""
        places = {name: Path(wire[name]) for name in ("path", "workdir")}
        return ReadJob(**wire | places | {"limits": Limits(**wire["limits"])})


Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "json"]
Geometries = NDArray[np.object_]


class Column(NamedTuple):
    """One column of a table: its name in the file and what its values are."""

    name: str
    kind: Kind = "text"


@dataclass
class Batch:
    """Some consecutive rows of a file, column by column.

    Attributes:
        rows: Row numbers as a person counts them in the source: the sheet or record
            row with the header as its own row, or the feature number from 1.
        columns: Values by column name: str, int, float, bool or None; dates and
            times are ISO 8601 text.
        geometry: WKB (2D, WGS 84, lon/lat) or None per row; None when the source
            holds no geometries.
        originals: WKT in the CRS of the source per row, when it is not WGS 84.
        faults: What is wrong with single rows.
        shown: Row, column and text of numbers that a workbook shows so, as 77.10.
        progress: Share of the file that has been read, 0 to 1.
    """

    rows: list[int]
    columns: dict[str, list[Any]]
    geometry: Geometries | None = None
    originals: list[str | None] | None = None
    faults: list[RowFault] = field(default_factory=list)
    shown: list[tuple[int, str, str]] = field(default_factory=list)
    progress: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)


@dataclass
class SourceInfo:
    """What is known of a file before its rows are read.

    ``crs`` is empty when the file holds geometries but does not say their reference
    system; ``row_count`` is None where counting would mean reading everything.
    ``notes`` are codes of :data:`safelane.exchange.files.notes.NOTES` with values.
    """

    format: str = ""
    layer: str = ""
    layers: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    crs: str = ""
    encoding: str = ""
    row_count: int | None = None
    has_geometry: bool = False
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> SourceInfo:
        """Rebuild the description whose attributes came as JSON."""
        columns = [Column(name, kind) for name, kind in wire["columns"]]
        notes = [(code, values) for code, values in wire["notes"]]
        return SourceInfo(**wire | {"columns": columns, "notes": notes})


_LENGTHS = struct.Struct("<QQ")
MAX_FRAME = 1 << 31
EXIT_OVER = 137  # of a reading process that used too much memory


class BrokenPipe(Exception):
    """The other side stopped in the middle of a frame."""


def write_frame(stream: IO[bytes], head: dict[str, Any], blob: bytes = b"") -> None:
    """Write one frame: lengths, JSON head, blob."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "replace")
    stream.write(_LENGTHS.pack(len(data), len(blob)))
    stream.write(data)
    stream.write(blob)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Return the next frame, or None at the end.

    Raises:
        BrokenPipe: The stream ends inside a frame or announces an absurd length.
    """
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise BrokenPipe
    head_size, blob_size = _LENGTHS.unpack(lengths)
    if head_size > MAX_FRAME or blob_size > MAX_FRAME:
        raise BrokenPipe
    data, blob = stream.read(head_size), stream.read(blob_size)
    if len(data) < head_size or len(blob) < blob_size:
        raise BrokenPipe
    return json.loads(data), blob


def pack_batch(batch: Batch) -> tuple[dict[str, Any], bytes]:
    """Return ``batch`` as head and blob of a frame."""
    lengths, blob = None, b""
    if batch.geometry is not None:
        lengths = [-1 if shape is None else len(shape) for shape in batch.geometry]
        blob = b"".join(shape for shape in batch.geometry if shape is not None)
    return vars(batch) | {"kind": "batch", "geometry": lengths}, blob


def unpack_batch(head: dict[str, Any], blob: bytes) -> Batch:
    """Rebuild the batch of a frame."""
    lengths, geometry = head["geometry"], None
    if lengths is not None:
        geometry, start = np.empty(len(lengths), dtype=object), 0
        for i, length in enumerate(lengths):
            if length >= 0:
                geometry[i] = blob[start : start + length]
                start += length
    plain = ("rows", "columns", "originals", "shown", "progress")
    read = {name: head[name] for name in plain}
    faults = [RowFault(*fault) for fault in head["faults"]]
    return Batch(geometry=geometry, faults=faults, **read)
