"""A new secret for an installation, from the first step to the last."""

import json
import sqlite3

import pytest

from safelane.accidents.tests.steps import NAME
from safelane.cli.tests.test_reliability import kill_after

pytestmark = pytest.mark.slow
NEW = "a new secret that is long enough for anything"
NAMES = [NAME] * 6


@pytest.fixture
def old(workspace):
    """Return the old secret of a workspace with three accidents and six people."""
    done = workspace.run("3", script="victims")
    assert done.returncode == 0, done.stderr
    return (workspace.folder / "secret").read_text().strip()


def read(workspace, **env):
    done = workspace.run("read", script="victims", env=env)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def sealed(workspace):
    database = sqlite3.connect(workspace.folder / "safelane.sqlite3")
    try:
        found = database.execute("SELECT name FROM accidents_victimidentity").fetchall()
        return sorted(text for (text,) in found)
    finally:
        database.close()


def test_a_secret_is_changed_without_losing_a_name(workspace, old):
    (workspace.folder / "secret").write_text(NEW)
    assert "another secret" in read(workspace)
    old_kept = {"SAFELANE_OLD_SECRETS": old}
    assert read(workspace, **old_kept) == NAMES
    check = workspace.run("reseal", "--check", env=old_kept)
    assert check.returncode == 1
    assert "accidents.victimidentity: 6 need an older secret" in check.stdout
    answer = workspace.answer("reseal", env=old_kept)
    assert answer["resealed"]["accidents.victimidentity"] == 6
    assert not any(answer["left"].values())
    assert read(workspace) == NAMES
    assert workspace.run("reseal", "--check").returncode == 0
    history = workspace.folder / "safelane.sqlite3"
    verbs = "SELECT count(*) FROM history_change WHERE verb = 'secret.reseal'"
    assert sqlite3.connect(history).execute(verbs).fetchone() == (1,)
    assert workspace.answer("audit", "verify")["holds"]


def test_old_secrets_may_stand_in_the_file(workspace, old):
    (workspace.folder / "secret").write_text(NEW)
    (workspace.folder / "safelane.toml").write_text(f'old_secrets = ["{old}"]\n')
    assert read(workspace) == NAMES
    workspace.answer("reseal")
    (workspace.folder / "safelane.toml").unlink()
    assert read(workspace) == NAMES


def test_without_the_old_secret_nothing_changes_and_the_record_is_named(workspace, old):
    before = sealed(workspace)
    done = workspace.run("reseal", env={"SAFELANE_SECRET_KEY": NEW})
    assert done.returncode == 1
    assert "accidents.victim" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert sealed(workspace) == before
    assert read(workspace) == NAMES


@pytest.mark.parametrize("seconds", [1.5, 2.0, 2.5])
def test_killed_it_has_done_all_or_nothing_and_runs_again(workspace, old, seconds):
    (workspace.folder / "secret").write_text(NEW)
    env = {"SAFELANE_OLD_SECRETS": old}
    kill_after(workspace.start("reseal", env=env), seconds)
    keys = {text.split(":")[1] for text in sealed(workspace)}
    assert len(keys) == 1
    assert not any(workspace.answer("reseal", env=env)["left"].values())
    assert read(workspace) == NAMES
