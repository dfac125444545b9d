"""How much of a stranger's file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

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
    depth: int = 64
    seconds: float = 60.0
    memory_bytes: int = 1024 * MEGABYTE


DEFAULT_LIMITS = Limits()
