"""An optional basemap: one PMTiles file in the data folder, served by ourselves.

See https://github.com/protomaps/PMTiles (version 3 of the specification).
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelane.core.errors import NotFound

MAGIC, VERSION, HEADER = b"PMTiles", 3, 127
GZIP = 2
TILE_TYPES = {1: "vector", 2: "raster", 3: "raster", 4: "raster", 5: "raster"}
MOST_BYTES = 16 * 1024 * 1024
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Basemap:
    """A readable PMTiles file; ``kind`` is vector or raster."""

    path: Path
    size: int
    changed: float
    kind: str
    credit: str

    @property
    def tag(self) -> str:
        """Return what changes when the file does."""
        return f"{self.size:x}-{int(self.changed * 1000):x}"


def found_basemap() -> Basemap | None:
    """Return the basemap file of this installation, if one lies there."""
    path = Path(getattr(settings, "BASEMAP_FILE", "") or "")
    try:
        about = path.stat()
    except OSError:
        return None
    return _read(path, about.st_size, about.st_mtime) if path.is_file() else None


@lru_cache(maxsize=4)
def _read(path: Path, size: int, changed: float) -> Basemap | None:
    with path.open("rb") as file:
        head = file.read(HEADER)
        is_known = head[:7] == MAGIC and len(head) == HEADER and head[7] == VERSION
        kind = TILE_TYPES.get(head[99]) if is_known else None
        if kind is None:
            return None
        file.seek(int.from_bytes(head[24:32], "little"))
        said = file.read(min(int.from_bytes(head[32:40], "little"), MOST_BYTES))
    return Basemap(path, size, changed, kind, _credit(said, head[97]))


def _credit(said: bytes, compression: int) -> str:
    """Return the credit line of the file's metadata, as plain text."""
    try:
        text = gzip.decompress(said) if compression == GZIP else said
        about: Any = json.loads(text)
    except (OSError, EOFError, ValueError):
        return ""
    words = about.get("attribution", "") if isinstance(about, dict) else ""
    return re.sub(r"<[^>]*>", "", str(words))[:300]


@require_safe
def basemap_file(request: HttpRequest) -> HttpResponse:
    """Send a part of the basemap, as the map asks for it.

    Raises:
        NotFound: There is no basemap.
    """
    found = found_basemap()
    if found is None:
        raise NotFound(_("There is no basemap."))
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked[1]) if asked else 0
    last = min(int(asked[2]) if asked else found.size - 1, found.size - 1)
    if not asked or first > last or last - first >= MOST_BYTES:
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{found.size}"}
        )
    with found.path.open("rb") as file:
        file.seek(first)
        body = file.read(last - first + 1)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Range": f"bytes {first}-{last}/{found.size}",
        "ETag": f'"{found.tag}"',
        "Last-Modified": http_date(found.changed),
        "Cache-Control": "private, max-age=86400",
    }
    kind = "application/vnd.pmtiles"
    return HttpResponse(body, status=206, content_type=kind, headers=headers)
