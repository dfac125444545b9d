"""Kill -9, a full disk, a read-only folder: nothing half-saved, and work resumes."""

import json
import random
import signal
import sqlite3
import sys
import time

import pytest

from safelane.cli.tests.conftest import Workspace
from safelane.core.backup.tests.test_backup import add

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX"),
]


def kill_after(process, seconds):
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def query(workspace, sql):
    database = sqlite3.connect(workspace.folder / "safelane.sqlite3")
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_a_killed_migration_is_finished_by_the_next_init(tmp_path, seconds):
    space = Workspace(tmp_path / "data")
    kill_after(space.start("init"), seconds)
    answer = space.answer("init")
    assert answer["invitation"] is None or "/account/" in answer["invitation"]
    assert space.answer("audit", "verify")["holds"]
    assert space.answer("doctor")["well"]


def test_a_migration_killed_before_it_is_noted_is_done_by_the_next_init(tmp_path):
    space = Workspace(tmp_path / "data")
    done = space.run("history", "0001_initial", script="unnoted")
    assert done.returncode == -signal.SIGKILL
    space.answer("init")
    assert space.answer("doctor")["well"]


def test_killed_approvals_leave_whole_reports(staffed):
    for attempt in range(2):
        named = (f"{attempt}{letter}" for letter in "ab")
        both = [staffed.start(name, script="approving") for name in named]
        for process in both:
            assert process.stdout.readline().strip() == "ready"
        for process in both:
            kill_after(process, 0.3 + random.random())
    assert staffed.heads()
    reports, numbers = query(
        staffed, "SELECT count(*), count(DISTINCT number) FROM hazards_hazardreport"
    )[0]
    assert reports == numbers >= 4
    approved = query(
        staffed, "SELECT uid FROM hazards_hazardreport WHERE stage = 'approved'"
    )
    assert approved
    recorded = query(
        staffed,
        "SELECT DISTINCT object_id FROM history_change"
        " WHERE verb LIKE 'hazard_report.approve%'",
    )
    clean = {str(uid).replace("-", "") for (uid,) in recorded}
    assert {str(uid).replace("-", "") for (uid,) in approved} == clean
    assert query(staffed, "SELECT count(*) FROM hazards_hazardousarea") == [
        (len(approved),)
    ]
    assert query(staffed, "PRAGMA integrity_check") == [("ok",)]


def test_a_killed_job_goes_on_without_doing_anything_twice(workspace):
    process = workspace.start("slow", script="job")
    for _ in range(4):
        assert process.stdout.readline().strip() == "step"
    kill_after(process, 0.02)
    between = query(workspace, "SELECT count(*) FROM organisations_organisation")[0][0]
    assert 20 < between < 101
    assert (between - 1) % 5 == 0
    done = workspace.run("resume", script="job")
    assert done.returncode == 0, done.stderr
    assert query(workspace, "SELECT status, attempt, kills FROM jobs_jobrun") == [
        ("succeeded", 2, 1)
    ]
    assert query(workspace, "SELECT count(*) FROM organisations_organisation") == [
        (101,)
    ]
    assert workspace.answer("audit", "verify")["holds"]


def test_a_killed_backup_leaves_no_archive_and_the_next_one_works(workspace, tmp_path):
    fill_files(workspace)
    target = tmp_path / "copy.zip"
    process = workspace.start("backup", str(target))
    part = tmp_path / "copy.zip.part"
    wait_until(lambda: part.exists() or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not target.exists()
    workspace.answer("backup", str(target))
    assert target.is_file()
    assert not part.exists()


KEYS = "identity-keys.json"


def killed_at(workspace, module, function, *command):
    done = workspace.run(f"safelane.{module}", function, *command, script="killed")
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_backup_killed_before_its_keys_are_on_the_disk_is_none(staffed, tmp_path):
    target = tmp_path / "copy.zip"
    killed_at(staffed, "core.backup.dump", "write_keys", "backup", str(target))
    assert not target.exists()
    staffed.answer("backup", str(target))
    assert (tmp_path / KEYS).is_file()


def test_a_disk_that_is_full_before_the_keys_leaves_no_archive(staffed, tmp_path):
    target = tmp_path / "copy.zip"
    done = staffed.run("backup", str(target), script="keyless")
    assert done.returncode == 4, done.stderr
    assert "is full" in done.stderr
    assert not list(tmp_path.glob("copy.zip*"))


def test_damaged_files_are_named_by_backup_and_replaced_by_restore(staffed, tmp_path):
    fill_files(staffed)
    good, bad = str(tmp_path / "good.zip"), str(tmp_path / "bad.zip")
    assert staffed.answer("backup", good)["damaged_files"] == []
    file = next(p for p in (staffed.folder / "files").glob("*/*/*") if p.is_file())
    with file.open("r+b") as content:
        content.truncate(100)
    assert staffed.answer("backup", bad)["damaged_files"] == [file.name]
    assert "1 files are damaged" in staffed.run("backup", bad).stdout
    assert staffed.answer("restore", bad, "--force")["damaged_files"] == [file.name]
    assert staffed.answer("restore", good, "--force")["damaged_files"] == []
    assert staffed.answer("audit", "verify")["holds"]


def test_a_backup_that_was_altered_writes_nothing_elsewhere(staffed, tmp_path):
    target, outside = tmp_path / "copy.zip", tmp_path / "outside.txt"
    staffed.answer("backup", str(target))
    add(target, f"files/{outside}", b"planted")
    before = staffed.heads()
    done = staffed.run("restore", str(target), "--force")
    assert (done.returncode, outside.exists()) == (1, False)
    assert "somebody altered it. Nothing was changed" in " ".join(done.stderr.split())
    assert staffed.heads() == before


def secret_of(workspace):
    return (workspace.folder / "secret").read_text().strip()


def test_a_killed_restore_changes_nothing_and_can_be_repeated(staffed, tmp_path):
    """Over another register with another secret, so that a half one would be seen."""
    target = str(tmp_path / "copy.zip")
    staffed.answer("backup", target)
    other = Workspace(tmp_path / "other")
    other.answer("init")
    before = other.heads(), secret_of(other)
    after = staffed.heads(), secret_of(staffed)
    assert before[0] != after[0]
    assert before[1] != after[1]
    restore = "restore", target, "--force"
    for function in ("_empty", "_end_open_jobs", "_check_history"):
        killed_at(other, "core.backup.load", function, *restore)
        assert (other.heads(), secret_of(other)) == before
    killed_at(other, "core.backup.load", "_restore_secret", *restore)
    done = other.run("doctor")  # rows of the one, secret of the other
    assert done.returncode != 0
    assert "restore" in done.stdout + done.stderr
    other.answer(*restore)
    assert (other.heads(), secret_of(other)) == after


@pytest.mark.postgres
def test_a_restore_under_writers_is_refused_and_says_what_to_do(
    staffed, postgis, tmp_path
):
    import psycopg

    target = str(tmp_path / "copy.zip")
    staffed.answer("backup", target)
    postgis.answer("restore", target)
    with psycopg.connect(postgis.database_url) as writer:
        writer.execute("UPDATE hazards_hazardreport SET name = name WHERE id < 0")
        done = postgis.run("restore", target, "--force")
        assert done.returncode == 1
        assert "(1 connections). Stop every server" in done.stderr
    postgis.answer("restore", target, "--force")
    assert postgis.heads() == staffed.heads()


def test_a_backup_restores_on_another_machine_with_the_same_heads(staffed, tmp_path):
    target = tmp_path / "copy.zip"
    staffed.answer("backup", str(target))
    other = Workspace(tmp_path / "other")
    other.answer("restore", str(target))
    assert other.heads() == staffed.heads()
    assert (other.folder / "secret").read_text().strip() == (
        staffed.folder / "secret"
    ).read_text().strip()


@pytest.mark.postgres
def test_a_backup_moves_from_sqlite_to_postgis_and_back(staffed, postgis, tmp_path):
    heads = staffed.heads()
    staffed.answer("backup", str(tmp_path / "one.zip"))
    postgis.answer("restore", str(tmp_path / "one.zip"))
    assert postgis.heads() == heads
    postgis.answer("backup", str(tmp_path / "two.zip"))
    back = Workspace(tmp_path / "back")
    back.answer("restore", str(tmp_path / "two.zip"))
    assert back.heads() == heads


def test_a_full_disk_gives_a_clear_message_and_no_archive(workspace, tmp_path):
    fill_files(workspace)
    done = workspace.run(
        "100000", "backup", str(tmp_path / "copy.zip"), script="limited"
    )
    assert done.returncode == 4, done.stderr
    assert "is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("copy.zip*"))


def test_a_full_disk_in_an_action_saves_nothing(workspace):
    heads = workspace.heads()
    size = (workspace.folder / "safelane.sqlite3").stat().st_size
    arguments = "user add chan --name Chan --organisation HOME --role reader"
    done = workspace.run(str(size // 200), *arguments.split(), script="limited")
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert workspace.heads() == heads
    assert query(workspace, "PRAGMA integrity_check") == [("ok",)]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    done = Workspace(tmp_path / "file" / "data").run("init")
    assert done.returncode == 4
    assert "cannot be written: a file lies where a folder has to be" in done.stderr
    assert "Traceback" not in done.stderr


def on_a_full_disk(workspace, what):
    done = workspace.run(what, script="full")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("size", ["small", "large"])
def test_an_upload_to_a_full_disk_is_told_and_leaves_nothing(staffed, size):
    found = on_a_full_disk(staffed, size)
    # The form shows it, or the error page where the form could not be read at all.
    assert found["status"] in (422, 507), found["text"]
    assert found["clear"], found["text"]
    assert found["after"] == found["before"]
    assert query(staffed, "PRAGMA integrity_check") == [("ok",)]


def test_health_says_that_a_disk_takes_nothing_more_and_leaves_nothing(staffed):
    found = on_a_full_disk(staffed, "health")
    assert found["status"] == 503
    assert "the data folder cannot be written: File too large" in found["text"]
    assert found["after"] == found["before"]


def test_an_approval_on_a_full_disk_is_told_and_can_be_repeated(staffed):
    found = on_a_full_disk(staffed, "approve")
    assert found["status"] == 507, found["text"]
    assert found["clear"], found["text"]
    assert found["after"] == found["before"]
    assert found["stage"] == "operations_checked"
    assert found["stage again"] == "approved"
    assert staffed.heads()


def test_an_import_on_a_full_disk_brings_in_nothing_and_can_be_repeated(staffed):
    found = on_a_full_disk(staffed, "import")
    assert found["after"][0] == found["before"][0] == 0
    assert "Traceback" not in str(found["told"])
    assert found["areas again"] == 300
    assert staffed.heads()


def fill_files(workspace):
    """Put 20 MB into the file store, so that a backup takes a while."""
    assert workspace.run(script="fill").returncode == 0


def wait_until(true):
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("waited too long")
