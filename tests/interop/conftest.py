"""A served site with a few areas, for other people's clients."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CLIENT_SECONDS = 60


@pytest.fixture
def run_client():
    """Return a function that runs a foreign client and gives its output."""

    def run(*command: str) -> str:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def qgis_python() -> str:
    """Return a Python that can import QGIS, or skip."""
    system = "/usr/bin/python3"
    if not Path(system).is_file():
        pytest.skip("QGIS is not installed: no system Python")
    done = subprocess.run(
        [system, "-c", "import qgis.core"], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("QGIS is not installed (Debian: python3-qgis, qgis-providers)")
    return system
