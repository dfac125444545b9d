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
from safelane.exchange.files.tables import Batch

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
    read = {name: head[name] for name in ("rows", "columns", "originals", "progress")}
    faults = [RowFault(*fault) for fault in head["faults"]]
    return Batch(geometry=geometry, faults=faults, **read)
