"""Frames on the pipe between the reading process and us: JSON, then raw WKB.

JSON and lengths only: whatever a hostile file makes of the reading process, nothing
that it sends can be executed here.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any, BinaryIO

import numpy as np

from safelane.exchange.files.errors import RowFault
from safelane.exchange.files.tables import Batch, Geometries

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
    head = {
        "kind": "batch",
        "rows": batch.rows,
        "columns": batch.columns,
        "lengths": None,
        "originals": batch.originals,
        "faults": [fault.as_wire() for fault in batch.faults],
        "progress": batch.progress,
    }
    if batch.geometry is None:
        return head, b""
    head["lengths"] = [-1 if g is None else len(g) for g in batch.geometry]
    return head, b"".join(g for g in batch.geometry if g is not None)


def unpack_batch(head: dict[str, Any], blob: bytes) -> Batch:
    """Rebuild the batch of a frame."""
    return Batch(
        rows=head["rows"],
        columns=head["columns"],
        geometry=_split(head["lengths"], blob),
        originals=head["originals"],
        faults=[RowFault.from_wire(w) for w in head["faults"]],
        progress=head["progress"],
    )


def _split(lengths: list[int] | None, blob: bytes) -> Geometries | None:
    if lengths is None:
        return None
    values = np.empty(len(lengths), dtype=object)
    start = 0
    for i, length in enumerate(lengths):
        if length >= 0:
            values[i] = blob[start : start + length]
            start += length
    return values
