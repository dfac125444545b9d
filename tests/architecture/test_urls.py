"""Every address has a name, and strangers get in only where that is meant."""

import pytest

from tests.architecture.urls import addresses

# What anybody may read, and why.
PUBLIC = {
    "health": "monitoring",
    "ogc": "the landing page of OGC API Features, as many type it",
    "home": "says what this is and how to sign in",
    "api:get_statistics": "published counts, small ones hidden",
    "set_language": "a person chooses before signing in",
}
PUBLIC_PREFIXES = (
    "account_",  # signing in
    "signin:",
    "ogc:",  # landing page, conformance and collections without rows
    "mfa_",
    "openid_connect",
    "socialaccount_",
)
CLOSED = {301, 302, 400, 401, 403, 404, 405, 422}


def test_every_address_has_a_name():
    assert [a.route for a in addresses() if not a.name] == []


def test_names_are_given_once():
    seen = {}
    for address in addresses():
        seen.setdefault(address.name, []).append(address.route)
    # A name may stand for the same page with and without an optional part.
    double = {n: r for n, r in seen.items() if len(r) > 1 and not n.startswith("api:")}
    assert double == {}


def test_no_address_tells_how_many_rows_others_wrote():
    """A row stands in an address by its uid, or by a key that cannot be counted."""
    numbered = {a.name for a in addresses() if "int" in dict(a.converters).values()}
    assert numbered == {"tiles:tile"}


@pytest.mark.django_db
def test_strangers_get_in_only_where_that_is_meant(client):
    opened = {}
    for address in addresses():
        path = address.path()
        if path is None or is_public(address.name):
            continue
        answer = client.get(path)
        if answer.status_code not in CLOSED:
            opened[address.name] = (path, answer.status_code)
    assert opened == {}


@pytest.mark.django_db
def test_an_account_without_membership_opens_no_register(clients):
    own = ("jobs:", "usersessions", "account", "ui:", "api:get_me", "api:openapi")
    opened = {}
    for address in addresses():
        path = address.path()
        if path is None or is_public(address.name) or address.name.startswith(own):
            continue
        answer = clients["eve"].get(path)
        if answer.status_code not in CLOSED:
            opened[address.name] = (path, answer.status_code)
    assert opened == {}


def is_public(name):
    return name in PUBLIC or name.startswith(PUBLIC_PREFIXES)
