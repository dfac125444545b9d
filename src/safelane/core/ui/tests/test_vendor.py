"""Vendored files are what the lock says they are, and nothing else lies there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import safelane

VENDOR = Path(safelane.__file__).parent / "static" / "vendor"
ROOT = Path(safelane.__file__).parents[2]
FOLDERS = [VENDOR, ROOT / "tests" / "e2e" / "vendor"]
FREE = {"MIT", "BSD-0-Clause", "0BSD", "BSD-3-Clause", "ISC", "OFL-1.1", "MPL-2.0"}


def lock_of(folder: Path) -> list[dict[str, object]]:
    if not folder.is_dir():
        pytest.skip("installed without the repository's tests")
    packages: list[dict[str, object]] = json.loads(
        (folder / "vendor.lock.json").read_text(encoding="utf-8")
    )
    return packages


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "axe"])
def test_every_file_has_its_locked_checksum(folder: Path) -> None:
    locked = {p: s for entry in lock_of(folder) for p, s in entry["files"].items()}
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.lock.json"
    }
    assert found == locked


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "axe"])
def test_every_package_names_its_version_and_a_free_licence(folder: Path) -> None:
    for entry in lock_of(folder):
        assert entry["licence"] in FREE, entry["package"]
        assert entry["version"] or entry["package"] == "style sheet of the fonts"


def test_no_vendored_script_points_to_a_map_that_is_not_there() -> None:
    for path in VENDOR.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")[-300:], path
