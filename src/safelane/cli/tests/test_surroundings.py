"""A lost secret, a damaged or a newer database: named, and nothing lost."""

import json
import shutil
import sqlite3

import pytest

from safelane.cli.tests.conftest import Workspace

pytestmark = pytest.mark.slow
REFUSED = ("serve", "backup x.zip", "audit verify", "init", "worker --once")


def edit(workspace, *statements):
    database = sqlite3.connect(workspace.folder / "safelane.sqlite3")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def findings(workspace):
    done = workspace.run("doctor", "--json")
    assert "Traceback" not in done.stderr
    return {
        item["name"]: item["text"]
        for item in json.loads(done.stdout)["findings"]
        if item["state"] == "fault"
    }


@pytest.fixture
def backed_up(workspace, tmp_path):
    """Return a workspace with a backup of it, and the backup."""
    workspace.answer("backup", str(tmp_path / "kept.zip"))
    return workspace, tmp_path / "kept.zip"


def test_without_its_secret_nothing_starts_and_the_backup_is_named(backed_up):
    workspace, backup = backed_up
    secret = (workspace.folder / "secret").read_text()
    (workspace.folder / "secret").unlink()
    for command in REFUSED[:4]:
        done = workspace.run(*command.split())
        assert done.returncode == 2, (command, done.stderr)
        assert str(backup) in done.stderr
        assert "Traceback" not in done.stderr
        assert not (workspace.folder / "secret").exists()
    assert str(backup) in findings(workspace)["Secret of the data"]
    workspace.answer("secret", "--from", str(backup))
    assert (workspace.folder / "secret").read_text() == secret
    assert workspace.answer("audit", "verify")["holds"]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "nothing"), (b"short\n", "5 characters"), (b"\xff\x00\x9b" * 40, "no text")],
)
def test_an_empty_or_broken_secret_is_named(workspace, content, says):
    (workspace.folder / "secret").write_bytes(content)
    for command in ("serve", "init", "doctor"):
        done = workspace.run(command)
        assert done.returncode == 2, done.stderr
        assert says in done.stderr
        assert "Traceback" not in done.stderr
    assert (workspace.folder / "secret").read_bytes() == content


def test_another_secret_is_refused_and_compared_by_doctor(backed_up, tmp_path):
    workspace, backup = backed_up
    right = (workspace.folder / "secret").read_text().strip()
    (workspace.folder / "secret").write_text("x" * 86 + "\n")
    for command in REFUSED[:4]:
        done = workspace.run(*command.split())
        assert done.returncode == 2, (command, done.stderr)
        assert str(backup) in done.stderr
    assert "sealed with the secret" in findings(workspace)["Secret of the data"]
    # The older one as a fallback: changed on purpose, and sealed anew.
    env = {"SAFELANE_OLD_SECRETS": right}
    assert workspace.answer("audit", "verify", env=env)["holds"]
    workspace.answer("reseal", env=env)
    assert workspace.answer("audit", "verify")["holds"]
    other = Workspace(tmp_path / "other")
    other.answer("init")
    (other.folder / "secret").unlink()
    done = other.run("secret", "--from", str(backup))
    assert done.returncode == 1, done.stderr
    assert "Name another backup" in done.stderr


def test_a_database_of_a_newer_version_is_refused(workspace, tmp_path):
    edit(
        workspace,
        "INSERT INTO django_migrations (app, name, applied)"
        " VALUES ('hazards', '0099_later', '2030-01-01')",
    )
    for command in (*REFUSED, f"restore {tmp_path / 'none.zip'}"):
        (tmp_path / "none.zip").write_bytes(b"")
        done = workspace.run(*command.split())
        assert done.returncode == 3, (command, done.stderr)
        assert "newer version" in done.stderr
        assert "hazards.0099_later" in done.stderr
    assert "newer version" in findings(workspace)["Migrations"]


def damage(workspace, table):
    """Overwrite the first page of a table, or 30 pages in the middle of the file."""
    path = workspace.folder / "safelane.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    asked = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    root = database.execute(asked, [table]).fetchone()
    database.close()
    page = root[0] - 1 if root else path.stat().st_size // 3 // 4096
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096 * (1 if root else 30))
    return workspace


@pytest.fixture(params=["history_change", ""])
def damaged(request, staffed):
    return damage(staffed, request.param)


def test_a_damaged_database_is_named_by_every_command(damaged, tmp_path):
    found = findings(damaged)
    assert "Database" in found or "Integrity" in found
    for command in (
        f"backup {tmp_path / 'copy.zip'}",
        "audit verify",
        "user list",
        "user add chan --name Chan --organisation HOME --role reader",
        "export hazards --country laos out.csv",
    ):
        done = damaged.run(*command.split())
        assert "Traceback" not in done.stderr, (command, done.stderr)
    done = damaged.run("backup", str(tmp_path / "copy.zip"))
    assert done.returncode == 4, done.stderr
    assert "damaged" in done.stderr
    assert "newest backup" in done.stderr
    assert not list(tmp_path.glob("copy.zip*"))


def test_a_damaged_database_is_not_upgraded(staffed):
    edit(staffed, "DELETE FROM django_migrations WHERE app = 'protect'")
    done = damage(staffed, "hazards_hazardousarea").run("init")
    assert done.returncode == 4, done.stderr
    assert "Nothing was done" in done.stderr


def test_a_sound_database_is_found_sound(staffed):
    """The check can pass, on the very workspace that is damaged above."""
    assert findings(staffed) == {}
    shutil.rmtree(staffed.folder)
