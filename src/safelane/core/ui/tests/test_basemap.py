"""A PMTiles file in the data folder becomes the basemap of every map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from safelane.core.ui import mapping
from safelane.core.ui.basemap import found_basemap

WORLD = (-180, -85, 180, 85)
CREDIT = '<a href="https://example.org">© Somebody</a>'


def _varint(number: int) -> bytes:
    low, high = number & 127, number >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])


def pmtiles(kind: int = 1, version: int = 3, tile: bytes = b"tile") -> bytes:
    """Return a PMTiles archive of one tile, uncompressed (specification 3.4)."""
    about = json.dumps({"attribution": CREDIT}).encode()
    directory = bytes([1, 0, 1, *_varint(len(tile)), 1])
    places = (127, len(directory), 127 + len(directory), len(about))
    after = places[2] + places[3]
    numbers = (*places, after, 0, after, len(tile), 1, 1, 1)
    head = b"PMTiles" + bytes([version])
    head += b"".join(n.to_bytes(8, "little") for n in numbers)
    head += bytes([1, 1, 1, kind, 0, 0])  # clustered, not compressed, zooms 0 to 0
    head += b"".join(int(n * 1e7).to_bytes(4, "little", signed=True) for n in WORLD)
    return head.ljust(127, b"\0") + directory + about + tile


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.BASEMAP_FILE = tmp_path / "basemap.pmtiles"
    settings.BASEMAP_FILE.write_bytes(pmtiles())
    return Path(settings.BASEMAP_FILE)


def test_a_file_in_the_data_folder_is_the_basemap(file: Path) -> None:
    found = mapping.basemap()
    assert found["pmtiles"].startswith("/basemap.pmtiles?v=")
    assert (found["kind"], found["credit"]) == ("vector", "© Somebody")
    assert found["script"].endswith(".js")


@pytest.mark.parametrize(
    ("code", "kind"), [(1, "vector"), (2, "raster"), (4, "raster")]
)
def test_the_kind_of_tiles_is_read(file: Path, code: int, kind: str) -> None:
    file.write_bytes(pmtiles(code) + b"\0" * code)
    found = found_basemap()
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "content", [b"", b"PMTiles", b"PK\3\4" * 99, pmtiles(version=2)]
)
def test_another_file_is_no_basemap(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert found_basemap() is None
    assert mapping.basemap() == {}


def test_without_a_file_there_is_none(settings: Any, tmp_path: Path) -> None:
    settings.BASEMAP_FILE = tmp_path / "none.pmtiles"
    assert found_basemap() is None
    settings.BASEMAP_FILE = tmp_path
    assert found_basemap() is None


@pytest.mark.django_db
def test_the_map_reads_parts(file: Path, clients: Any) -> None:
    part = clients["chan"].get("/basemap.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert part["Content-Range"] == f"bytes 0-6/{file.stat().st_size}"
    rest = clients["chan"].get("/basemap.pmtiles", headers={"Range": "bytes=0-16383"})
    assert rest.content == file.read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["", "bytes=9-2", "bytes=999999-9999999", "lines=1-2"]
)
def test_other_requests_are_refused(file: Path, clients: Any, asked: str) -> None:
    answer = clients["chan"].get("/basemap.pmtiles", headers={"Range": asked})
    assert answer.status_code == 416


@pytest.mark.django_db
def test_visitors_and_installations_without_it(file: Path, clients: Any) -> None:
    header = {"Range": "bytes=0-6"}
    assert clients["nobody"].get("/basemap.pmtiles", headers=header).status_code != 206
    file.unlink()
    assert clients["chan"].get("/basemap.pmtiles", headers=header).status_code == 404
