"""A folder that may only be read, or is another account's: named, and backed up."""

import json
import os
import shutil
import sqlite3
import stat
import sys
import zipfile

import pytest

from safelane.cli.tests.conftest import Workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX"),
]
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
OTHER = 65_002  # the account to which a folder belongs; scripts/other.py is 65001


def faults(done):
    assert "Traceback" not in done.stderr, done.stderr
    found = json.loads(done.stdout)["findings"]
    return {(f["name"], f["text"], f["fix"]) for f in found if f["state"] == "fault"}


def close(*paths):
    for path in paths:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def reopen(*paths):
    for path in paths:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


@pytest.fixture
def run(workspace):
    """Return a way to run commands as somebody whom rights bind, which root is not."""

    def bound(*arguments, script="rights" if IS_ROOT else ""):
        done = workspace.run(*arguments, script=script)
        if done.returncode == 77:
            pytest.skip("root keeps its rights here: prctl is not allowed")
        return done

    return bound


@pytest.fixture
def read_only(workspace, run):
    """Return a way to run commands on a workspace that nobody may write."""
    paths = [workspace.folder, *workspace.folder.rglob("*")]
    close(*paths)
    yield run
    reopen(*paths)


@pytest.mark.parametrize(
    "command",
    [
        "user invite admin",
        "init",
        "reseal",
        "serve",
        "worker --once",
        "user add chan --name Chan --organisation HOME --role reader",
    ],
)
def test_a_read_only_folder_is_named(read_only, workspace, command):
    done = read_only(*command.split())
    has_nothing_to_do = command in ("init", "reseal")
    assert done.returncode == 4 or has_nothing_to_do, done.stderr
    assert "Traceback" not in done.stderr
    if not has_nothing_to_do:
        assert "cannot be" in done.stderr or "readonly" in done.stderr, done.stderr


def test_doctor_names_a_read_only_folder_and_still_looks_into_it(read_only, workspace):
    done = read_only("doctor", "--json")
    said = {text for _name, text, _fix in faults(done)}
    assert f"{workspace.folder} cannot be written: Permission denied" in said
    assert any("database cannot be written" in text for text in said)
    assert "newest 100 changes of each chain hold" in done.stdout


def test_doctor_and_serve_name_what_alone_is_read_only(workspace, run):
    shut = [workspace.folder / "files", workspace.folder / "safelane.sqlite3"]
    assert faults(run("doctor", "--json")) == set()
    close(*shut)
    there = set(workspace.folder.iterdir())
    said = {text for _name, text, _fix in faults(run("doctor", "--json"))}
    assert said == {
        f"{shut[0]} cannot be written: Permission denied",
        "the database cannot be written: attempt to write a readonly database",
    }
    done = run("serve")
    assert done.returncode == 4 and f"{shut[0]} cannot be written" in done.stderr
    left = {p.name for p in set(workspace.folder.iterdir()) - there}
    assert left <= {"safelane.sqlite3-shm", "safelane.sqlite3-wal"}
    reopen(*shut)


def test_a_backup_into_a_read_only_folder_is_refused(read_only, workspace):
    done = read_only("backup", str(workspace.folder / "copy.zip"))
    assert done.returncode == 4, done.stderr
    assert "cannot be" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(workspace.folder.glob("copy.zip*"))


def test_a_workspace_that_can_only_be_read_is_backed_up(read_only, workspace, tmp_path):
    heads = workspace.heads()
    there = sorted(workspace.folder.rglob("*"))
    done = read_only("backup", str(tmp_path / "kept.zip"))
    assert done.returncode == 0, done.stderr
    assert "does not know of it" in done.stdout
    assert sorted(workspace.folder.rglob("*")) == there
    assert read_only("audit", "verify").returncode == 0
    other = Workspace(tmp_path / "other")
    other.answer("restore", str(tmp_path / "kept.zip"))
    assert other.heads() == heads


@pytest.mark.parametrize("is_shared", [True, False])
def test_changes_in_the_log_are_read_too_or_it_is_said_why_not(
    workspace, run, tmp_path, is_shared
):
    """A copy of a workspace in use: its newest changes are not in the file itself."""
    database = sqlite3.connect(workspace.folder / "safelane.sqlite3")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("INSERT INTO auth_group (name) VALUES ('in the log')")
    database.commit()
    shutil.copytree(workspace.folder, tmp_path / "in use")
    database.close()
    shutil.rmtree(workspace.folder)
    (tmp_path / "in use").rename(workspace.folder)
    if not is_shared:
        (workspace.folder / "safelane.sqlite3-shm").unlink()
    paths = [workspace.folder, *workspace.folder.rglob("*")]
    close(*paths)
    done = run("backup", str(tmp_path / "kept.zip"))
    reopen(*paths)
    if is_shared:
        with zipfile.ZipFile(tmp_path / "kept.zip") as kept:
            assert b"in the log" in kept.read("tables/auth.group.jsonl")
    else:
        assert done.returncode == 4
        assert "newest changes lie in" in done.stderr
        assert "Copy the whole folder" in done.stderr


@pytest.fixture
def give():
    """Return a way to give files to another account, as a copy by root does."""
    if not IS_ROOT:
        pytest.skip("only root gives files away")

    def given(*paths):
        for path in paths:
            os.chown(path, OTHER, OTHER)

    return given


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("", "doctor --json"),
        ("secret", "user list"),
        ("files", "doctor --json"),
        ("files", "serve"),
        ("safelane.sqlite3", "worker --once"),
    ],
)
def test_what_belongs_to_another_account_is_named(workspace, run, give, name, command):
    path = workspace.folder / name
    give(path)
    done = run(*command.split(), script="other")
    assert done.returncode in (1, 2, 4), done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout or "{}").get("findings", [])
    said = done.stderr + " ".join(f"{f['text']}. {f['fix']}" for f in told)
    assert f"{path} belongs to {OTHER}, not to 65001. Run Safelane as {OTHER}" in said
    assert f"let root run: chown -R 65001 {workspace.folder}" in said


def test_root_is_told_what_the_owner_of_the_folder_may_not_use(workspace, give):
    give(workspace.folder, *workspace.folder.rglob("*"))
    os.chown(workspace.folder / "secret", 0, 0)
    (found,) = faults(workspace.run("doctor", "--json"))
    assert found[1] == f"{workspace.folder / 'secret'} belongs to root, not to {OTHER}"
    assert found[2] == f"Let root run: chown -R {OTHER} {workspace.folder}"
