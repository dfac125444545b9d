"""Tokens open programs' addresses only; passwords alone open nothing but the way on."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safelane.accidents.models import Victim
from safelane.organisations.models import Membership, User
from safelane.organisations.signin.actions import create_token
from safelane.organisations.signin.middleware import WITHOUT_FACTOR
from safelane.organisations.signin.models import ApiToken, Invitation
from safelane.organisations.signin.queries import classes_of
from tests.architecture.urls import addresses

pytestmark = pytest.mark.django_db
PROGRAMS = ("/api/", "/ogc/", "/tiles/", "/files/")
CLOSED = {301, 302, 401, 403, 404, 405}


def token_of(cast, name):
    """Make a token that opens all that the person's role can hand to a program."""
    membership = Membership.objects.get(user=cast.users[name])
    _row, secret = create_token(
        membership,
        "x",
        timezone.now() + timedelta(days=1),
        data_classes=classes_of(membership.role),
        writes=True,
        by=cast.actor(name),
    )
    return secret


def bearer(secret):
    return Client(headers={"Authorization": f"Bearer {secret}"})


def basic(secret):
    both = base64.b64encode(f"token:{secret}".encode()).decode()
    return Client(headers={"Authorization": f"Basic {both}"})


def is_page(path):
    return not f"{path}/".startswith(PROGRAMS)


def paths():
    found = [(a.name, a.path()) for a in addresses()]
    return [(name, path) for name, path in found if path is not None]


def told(answer):
    """Return what tells answers apart: status, way on, and who is greeted."""
    greets = not answer.streaming and b"account_logout" in answer.content
    return answer.status_code, answer.get("Location"), greets


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", ["aysel", "petra"])
def test_with_bearer_every_page_is_as_if_nobody_had_signed_in(cast, person, method):
    asked = bearer(token_of(cast, person))
    pages = [(name, path) for name, path in paths() if is_page(path)]
    assert len(pages) > 60
    for name, path in pages:
        theirs = getattr(asked, method)(path)
        nobodys = getattr(Client(), method)(path)
        assert told(theirs) == told(nobodys), (name, path)


@pytest.mark.parametrize("method", ["get", "post"])
def test_with_basic_no_page_opens(cast, method):
    asked = basic(token_of(cast, "aysel"))
    for name, path in paths():
        if is_page(path):
            assert getattr(asked, method)(path).status_code in CLOSED, (name, path)


def test_a_token_beside_a_session_turns_a_page_away(cast, clients):
    headers = {"Authorization": f"Bearer {token_of(cast, 'bounmy')}"}
    assert clients["aysel"].get("/hazards/", headers=headers).status_code == 302
    assert clients["aysel"].get("/hazards/").status_code == 200


def test_a_token_opens_programs_addresses(cast):
    for asked in (bearer(token_of(cast, "aysel")), basic(token_of(cast, "aysel"))):
        for path in ("/api/v1/hazards", "/ogc/collections", "/api/v1/me"):
            assert asked.get(path).status_code == 200, path


def test_a_token_makes_no_account_link_token_or_agreement(cast):
    """The door through which a token once made an administrator."""
    home = cast.organisations["aza"]
    before = User.objects.count(), Membership.objects.count()
    data = {"username": "mallory", "name": "M", "role": "1", "language": "en"}
    for person in ("aysel", "petra"):
        asked = bearer(token_of(cast, person))
        for name in ("account-new", "membership-new"):
            path = reverse(f"organisations:{name}", args=[home.uid])
            assert asked.post(path, data).status_code == 401
        tokens = ApiToken.objects.count()
        assert asked.post(reverse("account_tokens"), data).status_code == 401
        assert asked.get(reverse("account_tokens")).status_code == 302
        assert ApiToken.objects.count() == tokens
        path = reverse("organisations:agreement-new")
        assert asked.post(path, data).status_code == 401
    assert (User.objects.count(), Membership.objects.count()) == before
    assert not Invitation.objects.exists()


def test_a_token_never_reveals_a_victim(cast):
    assert cast.actor("aysel").may("victim.reveal")
    path = reverse("accidents:victim", args=["00000000-0000-4000-8000-000000000000"])
    asked = bearer(token_of(cast, "aysel"))
    assert asked.post(path, {"reason": "for the referral"}).status_code == 401
    assert not Victim.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_password_alone_opens_the_second_factor_only(clients, settings, method):
    settings.REQUIRE_MFA = True
    factor = reverse("mfa_index")
    opened = set()
    for name, path in paths():
        answer = getattr(clients["aysel"], method)(path)
        if name in WITHOUT_FACTOR:
            clients["aysel"].force_login(User.objects.get(username="aysel"))
        elif f"{path}/".startswith(("/api/", "/ogc/", "/tiles/")):
            if answer.status_code != 403:
                opened.add((name, path, answer.status_code))
        elif (answer.status_code, answer.get("Location")) != (302, factor):
            opened.add((name, path, answer.status_code))
    assert opened == set()


def test_what_the_password_alone_opens_is_five_addresses(clients, settings):
    settings.REQUIRE_MFA = True
    assert clients["aysel"].get(reverse("mfa_index")).status_code == 200
    assert clients["aysel"].get(reverse("account_logout")).status_code == 200
    assert len(WITHOUT_FACTOR) == 5


def test_where_no_second_factor_is_asked_for_a_password_is_enough(clients):
    assert clients["aysel"].get("/hazards/").status_code == 200
