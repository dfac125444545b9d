import time
from types import SimpleNamespace

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from safelane.core.protect.cipher import SecretOther, Unreadable
from safelane.core.protect.installation import (
    count_old,
    fingerprint,
    installation,
    reseal_all,
)
from safelane.core.scope import system_actor
from safelane.organisations.signin.actions import invite_user
from safelane.organisations.signin.adapters import SecondFactorAdapter
from safelane.organisations.signin.models import SharedValue
from safelane.organisations.signin.secrets import cipher

PASSWORD = "four rather unlikely words"


NOW = int(time.time())


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    """Let no half minute end between the making of a code and its use."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: NOW))


def code_of(secret, later=0):
    return format_hotp_value(hotp_value(secret, NOW // 30 + later))


@pytest.fixture
def bounmy(cast):
    cache.clear()  # used codes and counts of an earlier test's Bounmy
    user, client = cast.users["bounmy"], Client()
    user.set_password(PASSWORD)
    user.save()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def sign_in(client):
    data = {"login": "bounmy", "password": PASSWORD}
    return client.post(reverse("account_login"), data)


@pytest.fixture
def secret(bounmy):
    """Activate an authenticator app the way a person does and return its key."""
    page = bounmy.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = bounmy.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def test_with_a_second_factor_the_password_is_not_enough(secret):
    client = Client()
    answer = sign_in(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/jobs/").status_code == 302


def test_the_code_of_the_app_opens(secret):
    client = Client()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, later=0)})
    assert client.get("/jobs/").status_code == 200


def test_guessing_codes_locks_the_account(secret):
    client = Client()
    sign_in(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "Too many failed attempts" in answer.content.decode()


def test_the_key_of_the_app_is_encrypted_in_the_database(secret):
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert stored != secret
    assert cipher().decrypt(stored.encode()).decode() == secret


def test_no_key_of_an_app_is_sealed_after_a_restore_gave_another_secret(cast):
    row = installation()
    row.secret = fingerprint("of another installation")
    row.save()
    with pytest.raises(SecretOther, match="start it again"):
        SecondFactorAdapter().encrypt("key")


def test_a_changed_secret_still_reads_what_the_old_one_wrote(settings):
    text = cipher().encrypt(b"key")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret that is quite long enough"
    assert cipher().decrypt(text) == b"key"


def answer_with(code):
    """Sign in with the password and then this code; return the client."""
    client = Client()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    return client


def is_in(client):
    return client.get("/jobs/").status_code == 200


def test_a_code_opens_once(secret):
    code = code_of(secret)
    assert is_in(answer_with(code))
    assert not is_in(answer_with(code))


@pytest.mark.parametrize("later", [-2, -1, 1, 2])
def test_a_code_is_good_for_its_thirty_seconds(secret, later, monkeypatch):
    assert app_settings.TOTP_PERIOD == 30
    code = code_of(secret, later=later)
    assert code != code_of(secret)
    assert not is_in(answer_with(code))


@pytest.fixture
def recovery_codes(secret, cast):
    user = cast.users["bounmy"]
    return RecoveryCodes.activate(user).get_unused_codes()


def test_a_recovery_code_opens_once(recovery_codes):
    first, second, *_others = recovery_codes
    assert is_in(answer_with(first))
    assert not is_in(answer_with(first))
    assert is_in(answer_with(second))


def test_recovery_codes_cannot_be_guessed(recovery_codes):
    assert len(set(recovery_codes)) == len(recovery_codes) >= 8
    assert all(len(code) >= 8 and code.isdigit() for code in recovery_codes)  # 26 bits


def test_recovery_codes_are_not_readable_in_the_database(recovery_codes):
    stored = str(Authenticator.objects.get(type="recovery_codes").data)
    assert not any(code in stored for code in recovery_codes)


def test_keys_of_apps_are_random_and_long(bounmy):
    keys = {generate_totp_secret() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 32 for key in keys)  # 160 bits


def test_a_new_password_by_link_does_not_pass_by_the_second_factor(secret, cast):
    link = invite_user(cast.users["bounmy"], by=system_actor())
    new = "another four unlikely words"
    client = Client()
    answer = client.post(
        reverse("account_invitation", args=[link]), {"password1": new, "password2": new}
    )
    assert answer["Location"] == reverse("account_login")
    assert not is_in(client)
    client.post(reverse("account_login"), {"login": "bounmy", "password": new})
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_taking_the_second_factor_away_needs_the_password_again(secret, bounmy):
    session = bounmy.session
    session["account_authentication_methods"] = []
    session.save()
    bounmy.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type="totp").exists()


def test_second_factors_are_sealed_anew_with_a_new_secret(secret, cast, settings):
    RecoveryCodes.activate(cast.users["bounmy"])
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another secret that is quite long enough"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert count_old()["mfa.authenticator"] == 2
    assert reseal_all(by=system_actor())["mfa.authenticator"] == 2
    settings.SECRET_KEY_FALLBACKS = []
    assert count_old()["mfa.authenticator"] == 0
    assert is_in(answer_with(code_of(secret)))


def test_a_second_factor_of_an_unknown_secret_changes_nothing(secret, settings):
    settings.SECRET_KEY = "another secret that is quite long enough"
    settings.SECRET_KEY_FALLBACKS = []
    before = Authenticator.objects.get(type="totp").data
    with pytest.raises(Unreadable, match="account"):
        reseal_all(by=system_actor())
    assert Authenticator.objects.get(type="totp").data == before


def test_used_codes_are_kept_where_all_processes_see_them(secret):
    code = code_of(secret)
    assert is_in(answer_with(code))
    assert SharedValue.objects.filter(cache_key__contains=code).count() == 1
