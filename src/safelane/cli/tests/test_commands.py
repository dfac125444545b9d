import json
import re
import stat
import subprocess
import sys

import pytest

from safelane.cli.tests.conftest import Workspace

pytestmark = pytest.mark.slow


def test_init_makes_a_private_folder_and_a_link(made_workspace):
    space, link = made_workspace
    assert stat.S_IMODE(space.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((space.folder / "secret").stat().st_mode) == 0o600
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/account/invitation/[\w-]{43}/", link)


def test_init_again_changes_nothing_and_makes_no_second_administrator(workspace):
    heads = workspace.answer("audit", "heads")["heads"]
    secret = (workspace.folder / "secret").read_text()
    assert workspace.answer("init") == {"invitation": None, "countries": []}
    assert workspace.answer("audit", "heads")["heads"] == heads
    assert (workspace.folder / "secret").read_text() == secret


@pytest.mark.parametrize("command", ["serve", "backup x.zip", "user list", "worker"])
def test_without_a_workspace_the_exit_code_is_3(tmp_path, command):
    done = Workspace(tmp_path / "none").run(*command.split())
    assert done.returncode == 3
    assert "safelane init" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_wrong_setting_is_named_and_the_exit_code_is_2(workspace):
    done = workspace.run("doctor", env={"SAFELANE_PORT": "many"})
    assert done.returncode == 2
    assert "SAFELANE_PORT is 'many'" in done.stderr


def test_a_database_out_of_reach_is_exit_code_4(workspace):
    url = "postgres://nobody:secret@127.0.0.1:1/none"
    done = workspace.run("user", "list", env={"SAFELANE_DATABASE_URL": url})
    assert done.returncode == 4
    assert "safelane doctor" in done.stderr
    assert "secret@" not in done.stderr


def test_doctor_finds_a_new_workspace_well(workspace):
    answer = workspace.answer("doctor")
    assert answer["well"]
    states = {f["name"]: f["state"] for f in answer["findings"]}
    assert {"Database", "Migrations", "History", "Fonts", "Disk"} <= set(states)
    assert states["Worker"] == "warning"


def test_doctor_says_how_to_mend(workspace):
    (workspace.folder / "secret").chmod(0o644)
    done = workspace.run("doctor", env={"SAFELANE_PROT": "80"})
    assert done.returncode == 1
    assert "chmod 600" in done.stdout.replace("\n", " ")
    assert "SAFELANE_PROT" in done.stdout


def test_accounts_from_the_command_line(workspace):
    role = ("--organisation", "HOME", "--role", "reader")
    link = workspace.answer("user", "add", "chan", "--name", "Chan", *role)
    assert "/account/invitation/" in link["invitation"]
    people = {row["user"]: row for row in workspace.answer("user", "list")}
    assert people["chan"]["roles"] == ["reader@HOME"]
    token = workspace.answer("user", "token", "chan", "--name", "tablet", *role)
    assert token["token"].startswith("slt_")
    assert workspace.answer("user", "sessions", "chan") == []
    assert workspace.run("user", "disable", "chan", "--reason", "left").returncode == 0
    people = {row["user"]: row for row in workspace.answer("user", "list")}
    assert not people["chan"]["open"]


def test_a_role_in_a_workspace_of_two_countries_names_one(workspace):
    both = ("--country", "laos", "--country", "azerbaijan")
    assert workspace.run("init", *both).returncode == 0
    add = (
        "user",
        "add",
        "--name",
        "Chan",
        "--organisation",
        "HOME",
        "--role",
        "reader",
    )
    done = workspace.run(*add, "chan")
    assert done.returncode == 1
    assert "Azerbaijan" in done.stderr and "Lao PDR" in done.stderr
    assert (
        "/invitation/"
        in workspace.answer(*add, "chan", "--country", "laos")["invitation"]
    )


def test_the_last_administrator_cannot_be_closed(workspace):
    done = workspace.run("user", "disable", "admin", "--reason", "x")
    assert done.returncode == 1
    assert "another administrator" in done.stderr


def test_an_unknown_account_is_refused(workspace):
    done = workspace.run("user", "invite", "nobody")
    assert done.returncode == 1
    assert "nobody" in done.stderr


def test_audit_verify_names_a_tampered_row(workspace):
    import sqlite3

    assert workspace.answer("audit", "verify")["holds"]
    database = sqlite3.connect(workspace.folder / "safelane.sqlite3")
    database.execute("UPDATE history_change SET actor_name = 'Mallory' WHERE seq = 3")
    database.commit()
    database.close()
    done = workspace.run("audit", "verify", "--json")
    assert done.returncode == 1
    breaks = json.loads(done.stdout)["breaks"]
    assert {b["seq"] for b in breaks} == {3}
    assert {b["kind"] for b in breaks} == {"altered"}


def test_worker_once_ends_by_itself(workspace):
    assert workspace.answer("worker", "--once") == {"jobs": 0}


def test_help_comes_without_loading_django():
    code = "import sys; from safelane.cli.main import app; "
    code += "print('django.conf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_init_makes_no_new_register_over_what_one_left(workspace):
    """Its database is gone: a new one would hide that, and back up over its keys."""
    workspace.answer("audit", "heads")  # signed with a key of this register
    (database,) = workspace.folder.glob("*.sqlite3")
    for file in workspace.folder.glob("*.sqlite3*"):
        file.rename(file.with_name(f"away-{file.name}"))
    done = workspace.run("init")
    assert done.returncode != 0
    assert "restore" in done.stderr and "keys" in done.stderr
    assert not database.exists()
