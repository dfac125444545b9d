from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from safelane.organisations.models import Membership
from safelane.organisations.signin import token_cache
from safelane.organisations.signin.actions import create_token, revoke_token
from safelane.organisations.signin.models import ApiToken

pytestmark = pytest.mark.django_db
ADDRESS = "/ogc/collections"


@pytest.fixture
def program(cast, actors):
    token_cache.forget()
    membership = Membership.objects.get(user=cast.users["aysel"])
    until = timezone.now() + timedelta(days=1)
    token, secret = create_token(membership, "GIS", until, by=actors["aysel"])
    return token, Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_second_read_asks_no_more_for_the_token(
    program, django_assert_max_num_queries
):
    _token, client = program
    assert client.get(ADDRESS).status_code == 200
    # The version of access alone, which every process asks the database for.
    with django_assert_max_num_queries(1):
        assert client.get(ADDRESS).status_code == 200


def test_a_revoked_token_is_refused_at_once(program, actors):
    token, client = program
    client.get(ADDRESS)
    revoke_token(token, by=actors["aysel"])
    assert client.get(ADDRESS).status_code == 401


def test_another_process_follows_within_seconds(program, monkeypatch):
    token, client = program
    client.get(ADDRESS)
    ApiToken.objects.filter(pk=token.pk).update(revoked=timezone.now())
    assert client.get(ADDRESS).status_code == 200
    monkeypatch.setattr(token_cache.actors, "seconds", 0.0)
    assert client.get(ADDRESS).status_code == 401


def test_writes_and_other_addresses_are_always_checked(program):
    token, client = program
    client.get(ADDRESS)
    ApiToken.objects.filter(pk=token.pk).update(revoked=timezone.now())
    assert client.post(ADDRESS).status_code == 401
    assert client.get("/hazards/").status_code == 302


def test_an_unknown_token_is_never_remembered(db):
    client = Client(headers={"Authorization": "Bearer nonsense"})
    assert client.get(ADDRESS).status_code == 401
    assert client.get(ADDRESS).status_code == 401
