import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

PASSWORD = "four rather unlikely words"


@pytest.mark.parametrize(
    "password",
    ["safelane1234", "DeminingSafelane", "password12345", "short", "minefield2026"],
)
def test_easy_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "ຄຳສີ່ຄຳທີ່ບໍ່ກ່ຽວຂ້ອງກັນ",
        "x" * 40 + "é ß 😀 " + "y" * 80,
        "correct horse clearance",
    ],
)
def test_any_characters_and_long_passwords_are_taken(password):
    validate_password(password)


@pytest.fixture
def bounmy(cast):
    user, client = cast.users["bounmy"], Client()
    user.set_password(PASSWORD)
    user.save()
    client.post(reverse("account_login"), {"login": "bounmy", "password": PASSWORD})
    return client


def change(client, old, new="another four unlikely words"):
    data = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), data)


def test_changing_a_password_needs_the_old_one(bounmy, cast):
    assert change(bounmy, "wrong").status_code == 200
    cast.users["bounmy"].refresh_from_db()
    assert cast.users["bounmy"].check_password(PASSWORD)
    assert change(bounmy, PASSWORD).status_code == 302
    cast.users["bounmy"].refresh_from_db()
    assert cast.users["bounmy"].check_password("another four unlikely words")


def test_a_changed_password_ends_the_other_sessions(bounmy):
    other = Client()
    other.post(reverse("account_login"), {"login": "bounmy", "password": PASSWORD})
    assert other.get(reverse("account_tokens")).status_code == 200
    change(bounmy, PASSWORD)
    assert other.get(reverse("account_tokens")).status_code == 302
    assert bounmy.get(reverse("account_tokens")).status_code == 200


def test_signing_in_gives_a_new_session(cast, settings):
    cast.users["bounmy"].set_password(PASSWORD)
    cast.users["bounmy"].save()
    client = Client()
    client.get(reverse("account_login"))
    client.session["planted"] = 1
    client.session.save()
    before = client.session.session_key
    client.post(reverse("account_login"), {"login": "bounmy", "password": PASSWORD})
    assert client.session.session_key != before


def test_signing_out_ends_the_session(bounmy, settings):
    stolen = bounmy.cookies[settings.SESSION_COOKIE_NAME].value
    bounmy.post(reverse("account_logout"))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get(reverse("account_tokens")).status_code == 302


def test_pages_of_a_person_are_not_cached(bounmy):
    assert "no-store" in bounmy.get(reverse("jobs:list"))["Cache-Control"]


def test_a_person_ends_the_own_other_sessions(bounmy):
    other = Client()
    other.post(reverse("account_login"), {"login": "bounmy", "password": PASSWORD})
    bounmy.post(reverse("usersessions_list"))
    assert other.get(reverse("account_tokens")).status_code == 302
