"""Every earlier version's workspace comes up to date with all that it held."""

from __future__ import annotations

import json
import lzma
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from safelane.cli.tests.conftest import Workspace

HERE = Path(__file__).parent
VERSIONS = sorted(path.parent.name for path in HERE.glob("*/backup.zip"))
GROWS = {"changes"}  # an upgrade is written into the history too

pytestmark = pytest.mark.slow


def test_there_is_a_fixture_of_every_version():
    assert "0.1.0" in VERSIONS


def expected(version: str) -> dict[str, list[Any]]:
    with lzma.open(HERE / version / "expected.json.xz") as file:
        found: dict[str, list[Any]] = json.load(file)
        return found


def unpacked(version: str, folder: Path) -> Workspace:
    """Return a data folder as that version left it."""
    folder.mkdir()
    with tarfile.open(HERE / version / "workspace.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    (folder / "secret").chmod(0o600)
    return Workspace(folder)


def differences(space: Workspace, version: str) -> list[str]:
    """Name each thing that the version held and the workspace no longer says."""
    done = space.run(path=str(HERE / "facts.py"))
    assert done.returncode == 0, done.stderr
    now = json.loads(done.stdout)
    found = []
    for kind, before in expected(version).items():
        after = {json.dumps(row) for row in now[kind]}
        found += [f"{kind}: {row}" for row in before if json.dumps(row) not in after]
        if kind not in GROWS and len(now[kind]) != len(before):
            found.append(f"{kind}: {len(before)} rows, now {len(now[kind])}")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_a_workspace_is_upgraded_in_place(version, tmp_path):
    space = unpacked(version, tmp_path / "data")
    space.answer("init")
    assert differences(space, version) == []
    assert space.answer("audit", "verify")["holds"]
    assert space.answer("doctor")["well"]


OPENED = """SELECT m.uid, coalesce(m.country_id, o.country_id)
FROM organisations_membership m JOIN organisations_organisation o
ON m.organisation_id = o.id ORDER BY m.uid"""
FOLLOW = """UPDATE organisations_membership SET country_id = NULL WHERE country_id =
(SELECT country_id FROM organisations_organisation o WHERE o.id = organisation_id)"""
WRITTEN = "SELECT uid, country_id FROM organisations_membership ORDER BY uid"
TOLD = "SELECT count(*) FROM history_change WHERE verb = 'membership.place'"


def test_memberships_write_down_the_country_that_they_opened(tmp_path):
    space = unpacked("0.1.0", tmp_path / "data")
    file = space.folder / "safelane.sqlite3"
    with closing(sqlite3.connect(file)) as before, before:
        followers = before.execute(FOLLOW).rowcount
        opened = before.execute(OPENED).fetchall()
    space.answer("init")
    with closing(sqlite3.connect(file)) as after:
        assert after.execute(WRITTEN).fetchall() == opened
        (told,) = after.execute(TOLD).fetchone()
    assert told == followers > 0
    assert space.answer("audit", "verify")["holds"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_backup_is_restored_and_upgraded(version, tmp_path):
    space = Workspace(tmp_path / "data")
    space.answer("restore", str(HERE / version / "backup.zip"))
    assert differences(space, version) == []
    assert space.answer("audit", "verify")["holds"]
    assert space.answer("doctor")["well"]


@pytest.mark.postgres
@pytest.mark.parametrize("version", VERSIONS)
def test_a_backup_is_restored_onto_postgis(version, postgis):
    postgis.answer("restore", str(HERE / version / "backup.zip"))
    assert differences(postgis, version) == []
    assert postgis.answer("audit", "verify")["holds"]


def test_a_lost_row_and_an_altered_one_are_seen(tmp_path):
    """The comparison can fail: what an upgrade might lose is taken away by hand."""
    version = VERSIONS[0]
    space = unpacked(version, tmp_path / "data")
    space.answer("init")
    with sqlite3.connect(space.folder / "safelane.sqlite3") as database:
        database.execute("DELETE FROM hazards_surveybox WHERE id = 1")
        database.execute("UPDATE hazards_hazardperiod SET status = 'x' WHERE id = 1")
    database.close()
    found = {line.partition(":")[0] for line in differences(space, version)}
    assert found == {"boxes", "periods"}
