"""What every answer of the site says to browsers."""

import re

import pytest
from django.test import Client

from tests.security.walk import answers

pytestmark = pytest.mark.django_db
EVIL = "https://evil.example.org"


_seen = {}


@pytest.fixture
def seen(clients):
    """Return name -> answer of every address, for an information manager."""
    if not _seen:
        walked = answers(clients["aysel"], headers={"Origin": EVIL})
        _seen.update({address.name: answer for address, answer in walked})
    return _seen


def test_every_answer_limits_what_a_page_may_do(seen):
    for name, answer in seen.items():
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in answer["Content-Security-Policy"].split(";")
        )
        if "sandbox" in policy:
            continue
        assert policy["default-src"] == policy["base-uri"] == "'none'", name
        assert policy.get("object-src", "'none'") == "'none'", name
        assert policy["frame-ancestors"] == "'none'", name
        assert "unsafe" not in answer["Content-Security-Policy"], name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name


def test_no_other_site_may_read_an_answer(seen):
    allowed = {
        n for n, a in seen.items() if a.has_header("Access-Control-Allow-Origin")
    }
    assert allowed == set()


def test_what_one_person_saw_stays_out_of_caches(seen):
    for name, answer in seen.items():
        if answer.status_code == 200:
            kept = answer.get("Cache-Control", "")
            assert "private" in kept or "no-store" in kept, (name, kept)


def test_no_answer_names_software_or_version(seen):
    told = {n for n, a in seen.items() if a.has_header("Server") or "X-Powered-By" in a}
    assert told == set()


def test_every_text_says_its_characters(seen):
    for name, answer in seen.items():
        kind = answer.get("Content-Type", "")
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), name


def test_browsers_stay_on_https(on_a_server, clients):
    """Over HTTPS, as the proxy tells, on every answer, for a year, with subdomains."""
    proxied = {"HTTP_X_FORWARDED_PROTO": "https"}
    for name, client in {"nobody": Client(), "aysel": clients["aysel"]}.items():
        for address, answer in answers(client, **proxied):
            value = answer.get("Strict-Transport-Security", "")
            assert re.search(r"max-age=31536000; includeSubDomains", value), (
                name,
                address.name,
            )


def test_programs_are_not_led_from_http_to_https(on_a_server, client):
    for path in ("/api/v1/jobs", "/ogc/collections", "/tiles/nothing/0/0/0.mvt"):
        assert client.get(path).status_code in (401, 404)


@pytest.mark.parametrize(
    "path", ["/account/login/?next={}", "/language/?next={}", "/hazards/?next={}"]
)
@pytest.mark.parametrize("where", [EVIL, "//evil.example.org", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, bounmy, path, where):
    from tests.security.conftest import PASSWORD

    data = {"login": "bounmy", "password": PASSWORD, "next": where, "language": "lo"}
    for answer in (
        client.post(path.format(where), data),
        client.get(path.format(where)),
    ):
        target = answer.get("Location", "")
        assert not target.startswith((EVIL, "//", "javascript:")), target


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_site_cannot_write(clients, kind, bounmy):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bounmy)
    answer = browser.post(
        "/api/v1/reports", "{}", content_type=kind, headers={"Origin": EVIL}
    )
    assert answer.status_code == 403


def test_a_token_in_an_address_opens_nothing(client, cast):
    from datetime import timedelta

    from django.utils import timezone

    from safelane.organisations.signin.actions import create_token

    membership = cast.users["bounmy"].memberships.get()
    until = timezone.now() + timedelta(days=1)
    _row, secret = create_token(membership, "x", until, by=cast.actor("bounmy"))
    for name in ("access_token", "token", "Authorization"):
        assert client.get(f"/api/v1/jobs?{name}={secret}").status_code == 401
        assert client.get(f"/ogc/collections?{name}={secret}").status_code == 401


def test_no_form_sends_a_secret_in_the_address(clients):
    pages = [a for _n, a in answers(clients["aysel"])] + [
        a for _n, a in answers(Client())
    ]
    forms = 0
    for answer in pages:
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
            forms += 1
            if 'type="password"' in form or "csrfmiddlewaretoken" in form:
                assert re.match(r'<form[^>]*method="post"', form, re.IGNORECASE), form
    assert forms > 20


@pytest.mark.parametrize("method", ["trace", "TRACE"])
def test_trace_is_not_answered(client, method):
    answer = client.generic(method, "/account/login/", HTTP_X_SECRET="told")
    assert answer.status_code == 405
    assert b"told" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.git/config",
        "/static/",
        "/files/",
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/secret",
        "/safelane.sqlite3",
        "/.env",
    ],
)
def test_nothing_beside_the_site_is_served(clients, path):
    assert clients["petra"].get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/docs", "/admin/", "/__debug__/", "/metrics"])
def test_there_are_no_pages_for_developers(clients, path):
    assert clients["petra"].get(path).status_code == 404


def test_the_description_of_the_api_needs_somebody_signed_in(client):
    assert client.get("/api/v1/openapi.json").status_code == 401


def test_a_defect_tells_nothing(client, monkeypatch, settings, caplog):
    from safelane.core.health import report

    def fail():
        raise RuntimeError("the password is in this text")

    monkeypatch.setattr(report, "health_report", fail)
    client.raise_request_exception = False
    answer = client.get("/health")
    assert answer.status_code == 500
    assert b"password is in" not in answer.content
    assert b"Traceback" not in answer.content
    assert any(r.exc_info and r.levelname == "ERROR" for r in caplog.records)


def test_debug_is_off_unless_asked_for(settings_with):
    read = settings_with()
    assert read["DEBUG"] is False
    assert not any("debug" in name for name in read["INSTALLED_APPS"])
    assert not any(
        ".tests" in n for n in settings_with(SAFELANE_TEST_APPS="")["INSTALLED_APPS"]
    )
