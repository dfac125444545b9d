import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from safelane.core.errors import NotPermitted
from safelane.core.history.models import Change
from safelane.core.scope import system_actor
from safelane.organisations.signin.actions import accept_invitation, invite_user
from safelane.organisations.signin.errors import InvitationClosed, PasswordRefused
from safelane.organisations.signin.models import Invitation
from safelane.organisations.signin.queries import sessions_of

PASSWORD = "four rather unlikely words"


@pytest.fixture
def secret(cast):
    return invite_user(cast.users["bounmy"], by=system_actor())


def link(secret):
    return reverse("account_invitation", args=[secret])


def choose(client, secret, first=PASSWORD, second=PASSWORD):
    return client.post(link(secret), {"password1": first, "password2": second})


def test_a_link_sets_the_password_and_signs_in(client, cast, secret):
    answer = choose(client, secret)
    assert answer.status_code == 302
    assert client.get(reverse("account_tokens")).status_code == 200
    cast.users["bounmy"].refresh_from_db()
    assert cast.users["bounmy"].check_password(PASSWORD)
    assert cast.users["bounmy"].password.startswith("argon2")


def test_a_link_works_once(client, secret):
    choose(client, secret)
    assert client.get(link(secret)).status_code == 410
    with pytest.raises(InvitationClosed):
        accept_invitation(secret, PASSWORD)


def test_looking_at_a_link_does_not_use_it_up(client, secret):
    client.get(link(secret))
    client.head(link(secret))
    assert choose(client, secret).status_code == 302


def test_an_old_link_is_closed(client, secret):
    Invitation.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert client.get(link(secret)).status_code == 410


def test_a_new_link_closes_the_older_one(client, cast, secret):
    newer = invite_user(cast.users["bounmy"], by=system_actor())
    assert client.get(link(secret)).status_code == 410
    assert client.get(link(newer)).status_code == 200


def test_a_closed_account_has_no_working_link(client, cast, secret):
    cast.users["bounmy"].is_active = False
    cast.users["bounmy"].save()
    assert client.get(link(secret)).status_code == 410


def test_an_easy_password_is_refused_and_the_link_stays_open(client, secret):
    answer = choose(client, secret, "password1234", "password1234")
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    assert choose(client, secret).status_code == 302


def test_short_passwords_are_refused(secret):
    with pytest.raises(PasswordRefused, match="12 characters"):
        accept_invitation(secret, "x7!kQ")


def test_two_different_passwords_are_refused(client, secret):
    answer = choose(client, secret, second="something quite different")
    assert answer.status_code == 422


def test_a_new_password_ends_the_other_sessions(client, clients, cast, secret):
    assert clients["bounmy"].get(reverse("account_tokens")).status_code == 200
    assert len(sessions_of(cast.users["bounmy"])) == 1
    choose(client, secret)
    assert clients["bounmy"].get(reverse("account_tokens")).status_code == 302


def test_only_the_hash_of_a_link_is_stored(secret):
    stored = Invitation.objects.get()
    assert secret not in (stored.token_hash, str(stored.uid))
    assert re.fullmatch("[0-9a-f]{64}", stored.token_hash)


def test_a_link_is_not_handed_on_by_the_browser(client, secret):
    answer = client.get(link(secret))
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_inviting_is_in_the_history_without_the_secret(secret):
    change = Change.objects.get(verb="person.invite")
    assert change.object_label == "bounmy"
    assert secret not in change.after + change.before


def test_a_manager_cannot_invite_an_administrator(cast):
    """Or the link would hand out the administrator's rights."""
    with pytest.raises(NotPermitted):
        invite_user(cast.users["petra"], by=cast.actor("aysel"))


def test_a_manager_cannot_invite_for_another_country(cast):
    with pytest.raises(NotPermitted):
        invite_user(cast.users["bounmy"], by=cast.actor("aysel"))


def test_a_manager_invites_the_own_people(cast):
    assert invite_user(cast.users["rauf"], by=cast.actor("aysel"))


def test_the_demonstration_button_is_only_in_a_demonstration(client, settings, secret):
    assert b'name="demo"' not in client.get(link(secret)).content
    assert client.post(link(secret), {"demo": "1"}).status_code == 422
    settings.WORKSPACE_IS_DEMO = True
    assert b'name="demo"' in client.get(link(secret)).content
    assert client.post(link(secret), {"demo": "1"}).status_code == 302
