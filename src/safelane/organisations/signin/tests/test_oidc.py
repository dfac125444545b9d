"""Sign-in through a provider that really answers, honestly and otherwise."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from safelane.config.env import load_env
from safelane.config.setting import SettingError
from safelane.core.history.models import Change
from safelane.organisations.models import User
from safelane.organisations.signin.tests.openid import (
    CLIENT,
    KEY,
    OTHER_KEY,
    SECRET,
    OpenIdProvider,
    serve,
)

LOGIN = "/account/oidc/oidc/login/"
ADDRESS = "bounmy@example.org"
PUBLIC_PEM = KEY.public_key().public_bytes(
    Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
)


@pytest.fixture
def provider(settings):
    made = OpenIdProvider(person={"sub": "7", "email": ADDRESS, "email_verified": True})
    server = serve(made)
    app = {
        "provider_id": "oidc",
        "name": "Ministry",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": made.issuer, "oauth_pkce_enabled": True},
    }
    settings.OIDC_ISSUER = made.issuer
    settings.ROOT_URLCONF = "safelane.organisations.signin.tests.oidc_urls"
    ours = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**ours, "APPS": [app]}}
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def bounmy(cast):
    user = cast.users["bounmy"]
    user.email = ADDRESS
    user.save()
    return user


def go_there(browser, query=""):
    """Press the button; return the provider's address to which the browser is sent."""
    answer = browser.post(LOGIN + query)
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def come_back(where):
    """Sign in at the provider; return path and query of the way back."""
    answer = requests.get(where, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(browser, query=""):
    return browser.get(come_back(go_there(browser, query)))


def is_in(browser):
    return browser.get("/jobs/").status_code == 200


def test_a_known_person_comes_in(provider, bounmy):
    browser = Client()
    assert sign_in(browser).status_code == 302
    assert is_in(browser)
    assert SocialAccount.objects.get().user == bounmy
    assert Change.objects.filter(verb="person.link_provider").count() == 1


def test_the_subject_counts_once_it_is_known(provider, bounmy):
    sign_in(Client())
    provider.person["email"] = "married.name@example.org"
    browser = Client()
    sign_in(browser)
    assert is_in(browser)
    assert SocialAccount.objects.count() == 1


def test_the_provider_makes_no_accounts(provider, bounmy):
    provider.person["email"] = "mallory@example.org"
    before, browser = User.objects.count(), Client()
    assert "By invitation" in sign_in(browser).content.decode()
    assert not is_in(browser)
    assert User.objects.count() == before


@pytest.mark.parametrize("checked", [False, None, "true", 1])
def test_an_address_that_was_not_checked_opens_nothing(provider, bounmy, checked):
    provider.person["email_verified"] = checked
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


def test_an_address_that_two_accounts_share_opens_nothing(provider, bounmy, cast):
    User.objects.filter(pk=cast.users["keo"].pk).update(email=ADDRESS.upper())
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


def test_an_address_given_to_somebody_new_opens_nothing(provider, bounmy):
    sign_in(Client())
    provider.person["sub"] = "8"
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


def test_another_provider_has_other_people(provider, bounmy):
    """After a change of provider its subject 7 is not the old one's."""
    sign_in(Client())
    SocialAccount.objects.update(uid="7")
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


def test_a_closed_account_stays_closed(provider, bounmy):
    sign_in(Client())
    User.objects.filter(pk=bounmy.pk).update(is_active=False)
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


LIES = {
    "another sign-in's nonce": {"changed": {"nonce": "0" * 64}},
    "no nonce": {"changed": {"nonce": None}},
    "meant for another client": {"changed": {"aud": "another"}},
    "meant for several": {"changed": {"aud": [CLIENT, "another"]}},
    "issued to another": {"changed": {"azp": "another"}},
    "of another issuer": {"changed": {"iss": "https://other.example.org"}},
    "too old": {"changed": {"exp": int(time.time()) - 3600}},
    "without an end": {"changed": {"exp": None}},
    "without a subject": {"changed": {"sub": None}},
    "signed with another key": {"key": OTHER_KEY},
    "not signed": {"key": None, "algorithm": "none"},
    "no ID token": {"sends_id_token": False},
    "keys elsewhere": {"redirects": True},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_opens_nothing(provider, bounmy, lie, caplog):
    for name, value in LIES[lie].items():
        setattr(provider, name, value)
    browser = Client()
    answer = sign_in(browser)
    assert answer.status_code in (200, 401)
    assert not is_in(browser)
    assert not SocialAccount.objects.exists()
    assert "sign-in failed: provider" in caplog.text


def test_the_public_key_is_no_shared_secret(provider, bounmy, monkeypatch):
    """The classical confusion: HS256 with the published key as its secret."""
    import jwt

    hmac = jwt.algorithms.HMACAlgorithm
    monkeypatch.setattr(hmac, "prepare_key", lambda self, key: key)
    provider.key, provider.algorithm = PUBLIC_PEM, "HS256"
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)


def test_the_way_back_belongs_to_one_browser_and_one_time(provider, bounmy):
    browser, thief = Client(), Client()
    back = come_back(go_there(browser))
    thief.get(back)
    assert not is_in(thief)
    browser.get(back)
    assert is_in(browser)
    browser.post("/account/logout/")
    browser.get(back)
    assert not is_in(browser)


def test_a_wrong_state_opens_nothing(provider, bounmy):
    browser = Client()
    state = parse_qs(urlsplit(go_there(browser)).query)["state"][0]
    back = come_back(go_there(browser)).replace("state=", "state=x")
    assert state not in back
    browser.get(back)
    assert not is_in(browser)
    assert provider.redeemed == []


def test_pkce_and_nonce_are_new_each_time(provider, bounmy):
    sign_in(Client())
    sign_in(Client())
    first, second = provider.asked
    assert first["code_challenge_method"] == "S256"
    for name in ("code_challenge", "nonce", "state"):
        assert len(first[name]) >= 16
        assert first[name] != second[name]
    verifiers = {form["code_verifier"] for form in provider.redeemed}
    assert min(map(len, verifiers)) >= 43
    assert len(verifiers) == 2


def test_nobody_adds_parameters_in_an_address(provider, bounmy):
    query = "?scope=offline_access,admin&auth_params=prompt%3Dnone%26redirect_uri%3Dx"
    sign_in(Client(), query)
    asked = provider.asked[0]
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert "prompt" not in asked
    assert asked["redirect_uri"] == f"http://testserver{LOGIN}callback/"


def test_looking_at_the_page_starts_no_journey(provider, db):
    browser = Client()
    assert browser.get(LOGIN).status_code == 200
    assert provider.asked == []


def test_a_provider_that_says_it_is_another_is_not_asked(provider, bounmy):
    provider.described["issuer"] = "https://other.example.org"
    answer = Client().post(LOGIN)
    assert answer.status_code in (200, 401)
    assert provider.asked == []


def test_a_provider_with_open_addresses_is_not_asked(provider, settings, bounmy):
    provider.described["token_endpoint"] = "ftp://127.0.0.1/token"
    assert Client().post(LOGIN).status_code in (200, 401)
    assert provider.asked == []


def test_while_the_provider_is_away_passwords_work(provider, settings, bounmy):
    bounmy.set_password("four rather unlikely words")
    bounmy.save()
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    browser = Client()
    assert browser.post(LOGIN).status_code in (200, 401)
    data = {"login": "bounmy", "password": "four rather unlikely words"}
    assert browser.post("/account/login/", data).status_code == 302
    assert is_in(browser)


def test_an_address_told_aside_must_be_of_the_same_person(provider, bounmy):
    told = {name: provider.person.pop(name) for name in ("email", "email_verified")}
    provider.userinfo = {"sub": "8", **told}
    browser = Client()
    sign_in(browser)
    assert not is_in(browser)
    provider.userinfo["sub"] = "7"
    sign_in(browser)
    assert is_in(browser)


def test_the_providers_tokens_stay_nowhere(provider, bounmy):
    browser = Client()
    answer = sign_in(browser)
    assert not SocialToken.objects.exists()
    assert set(SocialAccount.objects.get().extra_data) == {"iss", "sub"}
    seen = str(answer.headers) + str(browser.cookies) + str(dict(browser.session))
    assert "the access token" not in seen


def test_a_second_factor_is_asked_for_here_too(provider, bounmy):
    Authenticator.objects.create(user=bounmy, type="totp", data={"secret": "x"})
    browser = Client()
    assert sign_in(browser)["Location"] == "/account/second-factor/authenticate/"
    assert not is_in(browser)


@pytest.mark.parametrize("where", ["https://evil.example.org/", "//evil.example.org"])
def test_nobody_is_sent_to_another_site_afterwards(provider, bounmy, where):
    answer = sign_in(Client(), f"?next={where}")
    assert "evil" not in answer["Location"]


def test_without_a_provider_its_addresses_are_not_there(client, db):
    assert client.get(LOGIN).status_code == 404


def options(issuer):
    named = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    return load_env({f"SAFELANE_{name}": value for name, value in named.items()})


@pytest.mark.parametrize("end", ["", "/"])
def test_an_issuer_describes_itself_below_its_address(end):
    (app,) = options(f"https://login.example.org/realm{end}").oidc_apps
    assert app["settings"] == {
        "server_url": "https://login.example.org/realm/.well-known/openid-configuration",
        "oauth_pkce_enabled": True,
    }


def test_an_issuer_without_https_is_refused():
    with pytest.raises(SettingError, match="https"):
        assert options("http://login.example.org").oidc_apps
