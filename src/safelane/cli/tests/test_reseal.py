"""A new secret for an installation, from the first step to the last."""

import json
import shutil
import sqlite3

import pytest

from safelane.accidents.tests.steps import NAME
from safelane.cli.tests.conftest import Workspace
from safelane.cli.tests.test_reliability import kill_after
from safelane.config.env import load_env

pytestmark = pytest.mark.slow
NEW = "a new secret that is long enough for anything"
NAMES = [NAME] * 6


@pytest.fixture(scope="module")
def peopled(made_workspace, tmp_path_factory):
    """Return a workspace with three accidents and six people, made once."""
    folder = tmp_path_factory.mktemp("peopled") / "data"
    shutil.copytree(made_workspace[0].folder, folder)
    space = Workspace(folder)
    done = space.run("3", script="victims")
    assert done.returncode == 0, done.stderr
    return space


@pytest.fixture
def space(peopled, tmp_path):
    """Return a fresh copy of the workspace with people."""
    shutil.copytree(peopled.folder, tmp_path / "data")
    return Workspace(tmp_path / "data")


@pytest.fixture
def old(space):
    """Return the secret before it is changed."""
    return (space.folder / "secret").read_text().strip()


def read(space, **env):
    done = space.run("read", script="victims", env=env)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def sealed(space):
    database = sqlite3.connect(space.folder / "safelane.sqlite3")
    try:
        found = database.execute("SELECT sealed FROM protect_rowkey").fetchall()
        return sorted(text for (text,) in found)
    finally:
        database.close()


def test_a_secret_is_changed_without_losing_a_name(space, old):
    (space.folder / "secret").write_text(NEW)
    assert "is sealed with the secret" in read(space)
    old_kept = {"SAFELANE_OLD_SECRETS": old}
    assert read(space, **old_kept) == NAMES
    check = space.run("reseal", "--check", env=old_kept)
    assert check.returncode == 1
    assert "protect.rowkey: 6 need an older secret" in check.stdout
    answer = space.answer("reseal", env=old_kept)
    assert answer["resealed"]["protect.rowkey"] == 6
    assert not any(answer["left"].values())
    assert read(space) == NAMES
    assert space.run("reseal", "--check").returncode == 0
    history = space.folder / "safelane.sqlite3"
    verbs = "SELECT count(*) FROM history_change WHERE verb = 'secret.reseal'"
    assert sqlite3.connect(history).execute(verbs).fetchone() == (1,)
    assert space.answer("audit", "verify")["holds"]


def test_old_secrets_may_stand_in_the_file(tmp_path):
    (tmp_path / "safelane.toml").write_text('old_secrets = ["one", "two"]\n')
    env = load_env({"SAFELANE_DATA_DIR": str(tmp_path)})
    assert env.old_secrets == ("one", "two")


def test_without_the_old_secret_nothing_changes_and_the_secret_is_named(space, old):
    before = sealed(space)
    done = space.run("reseal", env={"SAFELANE_SECRET_KEY": NEW})
    assert done.returncode == 2  # refused before anything is opened
    assert "is sealed with the secret" in done.stderr
    assert "Traceback" not in done.stderr
    assert sealed(space) == before
    assert read(space) == NAMES


def test_killed_it_has_done_all_or_nothing_and_runs_again(space, old):
    (space.folder / "secret").write_text(NEW)
    env = {"SAFELANE_OLD_SECRETS": old}
    kill_after(space.start("reseal", env=env), 2.0)
    keys = {text.split(":")[1] for text in sealed(space)}
    assert len(keys) == 1
    assert not any(space.answer("reseal", env=env)["left"].values())
    assert read(space) == NAMES
