"""Cookies and sessions: what they are called, how they begin, how they end."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from safelane.organisations.signin.tokens import SIGNED_IN_AT
from tests.security.conftest import PASSWORD
from tests.security.walk import answers

pytestmark = pytest.mark.django_db


def sign_in(client, **extra):
    return client.post(
        "/account/login/", {"login": "bounmy", "password": PASSWORD}, **extra
    )


def is_in(client):
    return client.get("/jobs/").status_code == 200


def test_over_https_every_cookie_is_for_this_host_only(on_a_server, bounmy):
    browser = Client()
    https = {"HTTP_X_FORWARDED_PROTO": "https"}
    browser.get("/account/login/", **https)
    sign_in(browser, **https)
    browser.post("/language/", {"language": "lo"}, **https)
    assert len(browser.cookies) >= 3
    for name, cookie in browser.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["path"] == "/" and not cookie["domain"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name


def test_looking_around_begins_no_session(client):
    for _address, answer in answers(client):
        assert "session" not in str(answer.cookies).lower()
    assert not Session.objects.exists()


def test_sessions_have_random_names(bounmy):
    keys = set()
    for _ in range(5):
        browser = Client()
        sign_in(browser)
        keys.add(browser.session.session_key)
    assert len(keys) == 5
    assert all(re.fullmatch("[a-z0-9]{32}", key) for key in keys)  # 165 bits


def test_a_session_ends_after_its_hours_however_busy(bounmy, settings):
    browser = Client()
    sign_in(browser)
    session = browser.session
    hours = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    session[SIGNED_IN_AT] = (timezone.now() - hours + timedelta(minutes=1)).isoformat()
    session.save()
    assert is_in(browser)
    session[SIGNED_IN_AT] = (timezone.now() - hours - timedelta(minutes=1)).isoformat()
    session.save()
    assert not is_in(browser)
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_session_without_a_beginning_is_over(bounmy):
    browser = Client()
    sign_in(browser)
    session = browser.session
    del session[SIGNED_IN_AT]
    session.save()
    assert not is_in(browser)


def test_a_session_ends_with_the_browser(bounmy, settings):
    browser = Client()
    answer = sign_in(browser)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


def test_signing_out_is_on_every_page(clients):
    pages = 0
    for address, answer in answers(clients["aysel"]):
        kind = answer.get("Content-Type", "")
        if answer.status_code != 200 or not kind.startswith("text/html"):
            continue
        text = answer.content.decode()
        if "<html" in text:
            pages += 1
            assert "/account/logout/" in text, address.name
    assert pages > 10


@pytest.mark.parametrize("page", ["/account/login/", "/account/password/change/"])
def test_password_fields_hide_and_let_paste(bounmy, page):
    browser = Client()
    if "change" in page:
        sign_in(browser)
    text = browser.get(page).content.decode()
    fields = re.findall(r'<input[^>]*name="[^"]*password[^"]*"[^>]*>', text)
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field and "readonly" not in field


def test_an_old_password_still_opens(bounmy):
    bounmy.date_joined = timezone.now() - timedelta(days=3650)
    bounmy.last_login = timezone.now() - timedelta(days=3649)
    bounmy.save()
    browser = Client()
    sign_in(browser)
    assert is_in(browser)


def test_there_is_one_way_to_check_a_password(settings):
    assert settings.AUTHENTICATION_BACKENDS == [
        "allauth.account.auth_backends.AuthenticationBackend"
    ]
    assert {"username"} == settings.ACCOUNT_LOGIN_METHODS


def test_ways_in_are_those_of_the_documentation(client):
    """Every address that a stranger may post to below /account/ is known."""
    from tests.architecture.urls import addresses

    known = {
        "account_login",
        "account_signup",
        "account_invitation",
        "account_inactive",
        "mfa_authenticate",
        "account_logout",
        "account_reauthenticate",
        "usersessions_list",
        "mfa_reauthenticate",
    }
    posted = set()
    for address in addresses():
        path = address.path()
        if path is None or not path.startswith("/account/"):
            continue
        answer = client.post(path)
        if answer.status_code == 200 or "session" in str(answer.cookies).lower():
            posted.add(address.name)
    assert posted <= known


def test_there_are_no_questions_and_no_hints():
    from safelane.organisations.models import User

    names = {field.name for field in User._meta.get_fields()}
    assert not [n for n in names if re.search("hint|question|answer|reminder", n)]


def test_the_first_account_has_no_password_of_its_own(cast):
    from safelane.core.scope import system_actor
    from safelane.organisations.actions import create_user

    made = create_user("newcomer", "New Comer", by=system_actor())
    assert not made.has_usable_password()


def test_signing_out_clears_what_the_browser_kept(bounmy):
    browser = Client()
    sign_in(browser)
    assert browser.post("/account/logout/")["Clear-Site-Data"] == '"cache"'
