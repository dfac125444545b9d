"""docs/deploy/nation.md, brought up: two web processes, two workers, one database."""

from __future__ import annotations

import os
import re
import shutil
import socket

import pytest

from safelane.cli.tests.conftest import Workspace
from safelane.config.env import unknown_variables
from safelane.core.testing.leaving import left_out
from tests.deploy.nation import (
    HOST,
    NGINX,
    brought_up,
    kill_group,
    settings,
    wait_until,
)

ROWS = 300
PASSWORD = "a long walk to the river"
pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def databases():
    """Return the addresses of two empty databases: to serve, to restore into."""
    url = os.environ.get("SAFELANE_TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("needs SAFELANE_TEST_DATABASE_URL")
    if not (shutil.which(NGINX) and shutil.which("openssl")):
        left_out("the recipe for a nation needs nginx and openssl")
    import psycopg

    base = url.rsplit("/", 1)[0]
    names = [f"safelane_nation_{os.getpid()}_{n}" for n in (1, 2)]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name}")
    yield [f"{base}/{name}" for name in names]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def nation(databases, tmp_path_factory):
    """Bring the recipe up with the cast and a first administrator."""
    folder = tmp_path_factory.mktemp("nation")
    workspace = Workspace(folder / "data", databases[0])
    first = workspace.answer("init")
    assert workspace.run(script="cast").returncode == 0
    proxy = folder / "proxy"
    proxy.mkdir()
    with pytest.MonkeyPatch.context() as patch, brought_up(workspace, proxy) as found:
        patch.setattr(socket, "getaddrinfo", here(socket.getaddrinfo))
        found.invitation = first["invitation"]
        yield found


def here(real):
    """Let the name of the site lead to this machine."""

    def look_up(host, *rest, **options):
        return real("127.0.0.1" if host == HOST else host, *rest, **options)

    return look_up


@pytest.fixture(scope="module")
def administrator(nation):
    """Return the browser of the administrator, who came in by the invitation."""
    browser = nation.browser()
    link = nation.url("/" + nation.invitation.split("/", 3)[3])
    answer = post(browser, link, password1=PASSWORD, password2=PASSWORD)
    assert answer.status_code == 200, answer.text
    return browser


def post(browser, url, **fields):
    """Open a page and send its form, as a browser does."""
    page = browser.get(url, timeout=60)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    fields["csrfmiddlewaretoken"] = token.group(1)
    return browser.post(url, data=fields, headers={"Referer": url}, timeout=60)


def token_of(nation, user, role="information_manager"):
    place = ("--organisation", "LAA", "--role", role)
    made = nation.workspace.answer("user", "token", user, "--name", "Reader", *place)
    return {"Authorization": f"Bearer {made['token']}"}


def test_the_recipe_sets_what_exists():
    assert "SAFELANE_DATA_DIR" in settings()
    assert unknown_variables(settings()) == []
    assert unknown_variables({"SAFELANE_DATA_DIIR": ""})  # the check can fail


def both_processes_and_both_workers_are_well(nation):
    for port in nation.web:
        report = nation.ask(port, "/health").json()
        assert report["status"] == "ok" and report["worker"]["running"]
        assert report["database"] == {"ok": True, "vendor": "postgresql"}
    assert all(worker.poll() is None for worker in nation.workers)


def who_signed_in_at_one_process_is_known_to_the_other(nation, administrator):
    cookies = {cookie.name: cookie.value for cookie in administrator.cookies}
    assert any(cookie.secure for cookie in administrator.cookies)
    for port in nation.web:
        assert nation.ask(port, "/account/tokens/", cookies=cookies).status_code == 200
        assert nation.ask(port, "/account/tokens/").status_code == 302


def wrong_passwords_are_counted_together(nation):
    """Five guesses in turn at two processes lock the account at both."""
    url = nation.url("/account/login/")
    answers = []
    for _ in range(7):
        browser = nation.browser()
        answers.append(post(browser, url, login="chan", password="a wrong guess"))
    told = ["Too many failed attempts" in answer.text for answer in answers]
    assert told == [False] * 5 + [True] * 2


def a_register_comes_in_once_and_is_seen_everywhere(nation):
    begun = nation.workspace.run("begin", "all", str(ROWS), script="importing")
    assert begun.returncode == 0, begun.stderr
    reader = token_of(nation, "noy")

    def counts():
        path = "/ogc/collections/hazardous-areas/items?limit=1&f=json"
        answers = [nation.ask(port, path, headers=reader) for port in nation.web]
        assert {answer.status_code for answer in answers} == {200}
        return {answer.json()["numberMatched"] for answer in answers}

    wait_until(lambda: counts() == {ROWS}, "the import")


def an_account_closed_at_one_place_is_closed_everywhere(nation):
    reader = token_of(nation, "vanh", role="operations_officer")
    path = "/api/v1/hazards?limit=1"
    for port in nation.web:
        assert nation.ask(port, path, headers=reader).status_code == 200
    closed = nation.workspace.run("user", "disable", "vanh", "--reason", "Left.")
    assert closed.returncode == 0, closed.stderr
    for port in nation.web:
        assert nation.ask(port, path, headers=reader).status_code == 401


def a_backup_made_meanwhile_restores_elsewhere(nation, databases, tmp_path):
    archive = tmp_path / "night.zip"
    nation.workspace.answer("backup", str(archive))
    copy = Workspace(tmp_path / "copy", databases[1])
    copy.answer("restore", str(archive))
    assert copy.heads() == nation.workspace.heads()


def init_of_the_same_version_changes_nothing(nation):
    before = nation.workspace.heads()
    nation.workspace.answer("init")
    assert nation.workspace.heads() == before


def with_one_process_gone_the_site_goes_on(nation, administrator):
    """The last step: it ends one web process and one worker."""
    for process in (next(iter(nation.web.values())), nation.workers[0]):
        kill_group(process)
    for _ in range(6):
        answer = administrator.get(nation.url("/account/tokens/"), timeout=60)
        assert answer.status_code == 200
    begun = nation.workspace.run("begin", "all", str(ROWS), script="importing")
    assert begun.returncode == 0, begun.stderr
    path = "/api/v1/jobs?limit=20"
    (alive,) = [port for port, web in nation.web.items() if web.poll() is None]
    reader = token_of(nation, "noy")

    def ended():
        jobs = nation.ask(alive, path, headers=reader).json()["items"]
        return all(job["status"] == "succeeded" for job in jobs)

    wait_until(ended, "the job of the worker that is left")


def test_the_recipe_holds(nation, administrator, databases, tmp_path):
    """One test, because bringing a nation up takes as long as all its steps."""
    both_processes_and_both_workers_are_well(nation)
    who_signed_in_at_one_process_is_known_to_the_other(nation, administrator)
    wrong_passwords_are_counted_together(nation)
    a_register_comes_in_once_and_is_seen_everywhere(nation)
    an_account_closed_at_one_place_is_closed_everywhere(nation)
    a_backup_made_meanwhile_restores_elsewhere(nation, databases, tmp_path)
    init_of_the_same_version_changes_nothing(nation)
    with_one_process_gone_the_site_goes_on(nation, administrator)
