from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from safelane.organisations.signin.adapters import (
    forget_guesses,
    is_locked,
    note_wrong_guess,
)
from safelane.organisations.signin.models import WrongGuess

PASSWORD = "four rather unlikely words"
HOME, OTHER = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def bounmy(cast):
    user = cast.users["bounmy"]
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, username, password, address=HOME):
    data = {"login": username, "password": password}
    return client.post(reverse("account_login"), data, REMOTE_ADDR=address)


def guess(client, username, times, address=HOME):
    for _ in range(times):
        answer = sign_in(client, username, "wrong", address)
    return answer


def test_the_right_password_opens(client, bounmy):
    assert sign_in(client, "bounmy", PASSWORD).status_code == 302


def test_five_wrong_guesses_lock_even_the_right_password(client, bounmy):
    guess(client, "bounmy", 5)
    answer = sign_in(client, "bounmy", PASSWORD)
    assert answer.status_code == 200
    assert "Too many failed attempts" in answer.content.decode()


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(client, bounmy):
    guess(client, "bounmy", 6, OTHER)
    assert sign_in(client, "bounmy", PASSWORD, HOME).status_code == 302


def test_many_addresses_lock_the_account(bounmy):
    for number in range(20):
        note_wrong_guess("bounmy", f"198.51.100.{number}")
    assert is_locked("bounmy", HOME)


def test_one_address_against_many_accounts_is_locked(db):
    for number in range(50):
        note_wrong_guess(f"user{number}", OTHER)
    assert is_locked("bounmy", OTHER)
    assert not is_locked("bounmy", HOME)


def test_the_lock_opens_by_itself(client, bounmy):
    guess(client, "bounmy", 5)
    WrongGuess.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, "bounmy", PASSWORD).status_code == 302


def test_the_right_password_resets_the_count(client, bounmy):
    guess(client, "bounmy", 4)
    sign_in(client, "bounmy", PASSWORD)
    client.logout()
    guess(client, "bounmy", 4)
    assert sign_in(client, "bounmy", PASSWORD).status_code == 302


def test_a_right_password_does_not_clear_the_address(db):
    note_wrong_guess("a", HOME)
    forget_guesses("b", HOME)
    assert WrongGuess.objects.count() == 3


def test_unknown_wrong_and_closed_accounts_get_the_same_answer(client, bounmy, cast):
    closed = cast.users["keo"]
    closed.set_password(PASSWORD)
    closed.is_active = False
    closed.save()
    answers = [
        sign_in(client, "nobody-such", "wrong"),
        sign_in(client, "bounmy", "wrong"),
        sign_in(client, "keo", PASSWORD),
    ]
    texts = {normal(answer) for answer in answers}
    assert len(texts) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_an_unknown_account_locks_like_a_known_one(client, db):
    guess(client, "nobody-such", 5)
    answer = sign_in(client, "nobody-such", "wrong")
    assert "Too many failed attempts" in answer.content.decode()


def test_names_and_addresses_are_not_stored(db):
    note_wrong_guess("bounmy", HOME)
    keys = set(WrongGuess.objects.values_list("key", flat=True))
    assert len(keys) == 3
    assert not any("bounmy" in key or HOME in key for key in keys)


def test_the_case_of_the_name_does_not_give_more_guesses(client, bounmy):
    guess(client, "Bounmy", 3)
    guess(client, "bounmy", 2)
    assert is_locked("BOUNMY", HOME)


def normal(answer):
    """Return the page without the tokens and the typed name."""
    import re

    text = answer.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", text)
    return re.sub(r"nobody-such|bounmy|keo", "", text)
