import pytest
from django.test import Client
from django.urls import reverse

PASSWORD = "four rather unlikely words"

PAGES = {
    "account_change_password": 200,
    "mfa_index": 200,
    "mfa_activate_totp": 302,  # asks for the password again first
    "usersessions_list": 200,
    "account_tokens": 200,
    "account_reauthenticate": 200,
    "account_logout": 200,
}


@pytest.fixture
def bounmy(cast):
    """Return Bounmy's client, signed in on the page like everybody."""
    user, client = cast.users["bounmy"], Client()
    user.set_password(PASSWORD)
    user.save()
    client.post(reverse("account_login"), {"login": "bounmy", "password": PASSWORD})
    return client


@pytest.mark.parametrize(("name", "status"), PAGES.items())
def test_account_pages_open_for_their_owner(bounmy, name, status):
    assert bounmy.get(reverse(name)).status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_account_pages_are_closed_to_strangers(clients, name):
    answer = clients["nobody"].get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0].endswith(("/login/", "/account/login/"))


@pytest.mark.django_db
def test_sign_in_page_says_who_helps(client):
    answer = client.get(reverse("account_login"))
    assert answer.status_code == 200
    assert "invitation link" in answer.content.decode()


@pytest.mark.django_db
def test_nobody_signs_up(client):
    answer = client.get(reverse("account_signup"))
    assert "By invitation" in answer.content.decode()
    answer = client.post(reverse("account_signup"), {"username": "mallory"})
    assert "By invitation" in answer.content.decode()
