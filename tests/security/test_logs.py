"""What the log says, in which form, and what it never says."""

import json
import logging
import re
from base64 import b64encode
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from safelane.config.logging import ContextFilter, logging_settings
from tests.security.conftest import PASSWORD

FORMS = ("text", "json")


def lines_of(form, event):
    """Return what one event writes, formatted as the installation would."""
    made = logging_settings("INFO", form)["formatters"][form]
    options = dict(made)
    factory = options.pop("()")
    module, _dot, name = factory.rpartition(".")
    cls = getattr(__import__(module, fromlist=[name]), name)
    options["fmt"] = options.pop("format")
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(cls(**options))
    handler.addFilter(ContextFilter())
    log = logging.Logger("safelane.test")
    log.addHandler(handler)
    event(log)
    return stream.getvalue().rstrip("\n").split("\n")


def injected(log):
    log.warning("name %s", "x\n2026-01-01T00:00:00.000Z INFO a [- -] signed in\x1b[2J")


@pytest.mark.parametrize("form", FORMS)
def test_nobody_writes_a_line_of_the_own(form):
    lines = lines_of(form, injected)
    assert len(lines) == 1
    assert "\x1b" not in lines[0]


def test_an_error_text_cannot_look_like_a_line():
    def fail(log):
        try:
            raise ValueError("x\n2026-01-01T00:00:00.000Z INFO a [- -] signed in")
        except ValueError:
            log.exception("failed")

    first, *others = lines_of("text", fail)
    assert first.endswith("failed")
    assert others and all(line.startswith("    ") for line in others)
    assert len(lines_of("json", fail)) == 1


@pytest.mark.parametrize("form", FORMS)
def test_times_are_utc_and_say_so(form, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Vientiane")
    (line,) = lines_of(form, lambda log: log.info("x"))
    found = json.loads(line)["time"] if form == "json" else line.split()[0]
    assert found.endswith("Z")
    seconds = datetime.now(UTC) - datetime.fromisoformat(found)
    assert abs(seconds.total_seconds()) < 60


def test_json_has_the_parts_that_programs_sort_by():
    (line,) = lines_of("json", lambda log: log.info("x", extra={"route": "jobs/"}))
    assert {"time", "level", "name", "message", "request_id", "actor_id", "route"} <= (
        set(json.loads(line))
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_log_goes_to_standard_error_and_nowhere_else(form):
    handlers = logging_settings("INFO", form)["handlers"]
    assert {name: h["class"] for name, h in handlers.items()} == {
        "stderr": "logging.StreamHandler"
    }


@pytest.fixture
def told(caplog):
    caplog.set_level("DEBUG")
    return lambda: "\n".join(
        f"{r.name} {r.getMessage()} {r.__dict__.get('by', '')}" for r in caplog.records
    )


def sign_in(client, password=PASSWORD):
    return client.post("/account/login/", {"login": "bounmy", "password": password})


def test_signing_in_and_out_is_told_with_the_way(bounmy, told):
    browser = Client()
    sign_in(browser, "wrong password of somebody")
    sign_in(browser)
    browser.post("/account/logout/")
    text = told()
    assert "safelane.security sign-in failed" in text
    assert re.search(r"safelane\.security signed in .*password", text)
    assert "safelane.security signed out" in text


def test_attempts_to_get_around_are_told(bounmy, told, settings):
    for _ in range(settings.LOCKOUT_ATTEMPTS):
        sign_in(Client(), "wrong")
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(bounmy)
    forged.post("/account/logout/")
    Client().get("/", headers={"Host": "evil.example.org"})
    text = told()
    assert "sign-in locked" in text
    assert "csrf refused" in text
    assert "evil.example.org" in text


def test_no_secret_is_ever_logged(bounmy, cast, told):
    from datetime import timedelta

    from safelane.core.scope import system_actor
    from safelane.organisations.signin.actions import create_token, invite_user

    membership = bounmy.memberships.get()
    until = timezone.now() + timedelta(days=1)
    _row, token = create_token(membership, "x", until, by=cast.actor("bounmy"))
    link = invite_user(bounmy, by=system_actor())
    browser = Client()
    browser.get(f"/account/invitation/{link}/?q=Phommachan")
    browser.get("/api/v1/jobs", headers={"Authorization": f"Bearer {token}"})
    basic = b64encode(f"token:{token}".encode()).decode()
    browser.get("/api/v1/jobs", headers={"Authorization": f"Basic {basic}"})
    sign_in(browser, "wrong password of somebody")
    sign_in(browser)
    browser.get("/hazards/?q=Phommachan")
    session = browser.session.session_key
    text = told()
    said = (PASSWORD, "wrong password", token, basic, link, session, "Phommachan")
    assert [secret for secret in said if secret in text] == []
    assert "Bounmy" not in text
