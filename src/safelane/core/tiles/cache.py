"""Tiles kept in memory, least recently used first out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

LARGEST_BYTES = 64 * 1024 * 1024
_OVERHEAD = 500


class TileCache:
    """Encoded tiles by key, up to a number of bytes."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self.largest_bytes = largest_bytes
        self._tiles: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the tile of ``key``, made now if it is not at hand."""
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        tile = make()
        with self._lock:
            if key not in self._tiles:
                self._tiles[key] = tile
                self._bytes += len(tile) + _OVERHEAD
            while self._bytes > self.largest_bytes and self._tiles:
                _key, old = self._tiles.popitem(last=False)
                self._bytes -= len(old) + _OVERHEAD
        return tile

    def clear(self) -> None:
        """Forget every tile."""
        with self._lock:
            self._tiles.clear()
            self._bytes = 0
