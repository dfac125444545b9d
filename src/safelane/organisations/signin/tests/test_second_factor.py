import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from safelane.organisations.signin.secrets import cipher

PASSWORD = "four rather unlikely words"


def code_of(secret, later=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


@pytest.fixture
def bounmy(cast):
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


def test_a_changed_secret_still_reads_what_the_old_one_wrote(settings):
    text = cipher().encrypt(b"key")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret that is quite long enough"
    assert cipher().decrypt(text) == b"key"
