"""Pytest plugin: give each test process its own data folder and database.

Loaded by ``-p`` in ``pyproject.toml``, before pytest-django reads the settings. Import
nothing here that does so too.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

TEST_APPS = ("safelane.core.geo.tests.fieldapp", "safelane.core.records.tests.ledger")
TEST_DATABASE = "SAFELANE_TEST_DATABASE_URL"
KEPT = frozenset(
    {"SAFELANE_BROWSER", "SAFELANE_REFERENCE_DATA", "SAFELANE_TEST_REQUIRE"}
    | {TEST_DATABASE, "SAFELANE_PARTS"}
)
_folder = tempfile.TemporaryDirectory(prefix="safelane-test-")


def isolate(data_dir: str) -> None:
    """Drop this machine's settings; use PostGIS only when a test database is named."""
    for name in [n for n in os.environ if n.startswith("SAFELANE_")]:
        if name not in KEPT:
            del os.environ[name]
    os.environ["SAFELANE_DATA_DIR"] = data_dir
    (Path(data_dir) / "static").mkdir(exist_ok=True)
    os.environ["SAFELANE_TEST_APPS"] = ",".join(TEST_APPS)
    if os.environ.get(TEST_DATABASE):
        os.environ["SAFELANE_DATABASE_URL"] = os.environ[TEST_DATABASE]


isolate(_folder.name)
