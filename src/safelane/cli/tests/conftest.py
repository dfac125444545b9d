"""Commands in processes of their own, on a real data folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CALL = "from safelane.cli.main import app; app()"
LONGEST = 240
SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True)
class Workspace:
    """One data folder, and the commands that are run on it."""

    folder: Path
    database_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SAFELANE_")}
        return kept | {
            "SAFELANE_DATA_DIR": str(self.folder),
            "SAFELANE_DATABASE_URL": self.database_url,
            "SAFELANE_LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "default",
        }

    def start(
        self, *arguments: str, script: str = "", path: str = "", **options: Any
    ) -> Any:
        """Start a command, a script of this folder or one at a path; do not wait."""
        named = path or (str(SCRIPTS / f"{script}.py") if script else "")
        what = [named] if named else ["-c", CALL]
        command = [sys.executable, *what, *arguments]
        return subprocess.Popen(
            command,
            preexec_fn=_listen_to_interrupts,
            env=self.environment | options.pop("env", {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=LONGEST)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def answer(self, *arguments: str, **options: Any) -> Any:
        """Run a command that must succeed and return its JSON answer."""
        done = self.run(*arguments, "--json", **options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def heads(self) -> dict[str, str]:
        """Return the heads of the chains, after checking that the history holds."""
        done = self.run(script="sound")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["holds"]
        return dict(found["heads"])


def _listen_to_interrupts() -> None:
    """Undo what a shell does to commands in the background: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory):
    """Return a workspace made once by ``safelane init``, with its first link."""
    space = Workspace(tmp_path_factory.mktemp("made") / "data")
    answer = space.answer("init")
    return space, answer["invitation"]


@pytest.fixture
def workspace(made_workspace, tmp_path):
    """Return a fresh copy of an initialised workspace."""
    made, _link = made_workspace
    shutil.copytree(made.folder, tmp_path / "data")
    return Workspace(tmp_path / "data")


@pytest.fixture(scope="session")
def made_with_cast(made_workspace, tmp_path_factory):
    """Return a workspace in which the cast was registered once."""
    folder = tmp_path_factory.mktemp("staffed") / "data"
    shutil.copytree(made_workspace[0].folder, folder)
    space = Workspace(folder)
    done = space.run(script="cast")
    assert done.returncode == 0, done.stderr
    return space


@pytest.fixture
def staffed(made_with_cast, tmp_path):
    """Return a fresh copy of a workspace with the cast."""
    shutil.copytree(made_with_cast.folder, tmp_path / "staffed")
    return Workspace(tmp_path / "staffed")


@pytest.fixture
def postgis(tmp_path):
    """Return a workspace on an empty PostGIS database."""
    url = os.environ.get("SAFELANE_TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("needs SAFELANE_TEST_DATABASE_URL")
    import psycopg

    name = f"safelane_restore_{os.getpid()}"
    base = url.rsplit("/", 1)[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    yield Workspace(tmp_path / "postgis", f"{base}/{name}")
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
