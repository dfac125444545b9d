"""What one serving process decides counts in the others at once, on one PostGIS."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from safelane.organisations.models import Membership
from safelane.organisations.signin import token_cache
from safelane.organisations.signin.actions import create_token
from safelane.organisations.signin.adapters import is_locked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "sqlite" in settings.DATABASES["default"]["ENGINE"],
        reason="the tests' SQLite lies in the memory of one process",
    ),
]
COLLECTIONS = "/ogc/collections"
PREAMBLE = "import django; django.setup()\n"


def elsewhere(program):
    """Run a program of another serving process on the same database."""
    known = connection.settings_dict
    place = f"{known['HOST'] or 'localhost'}:{known['PORT'] or 5432}"
    account = quote(known["USER"]) + (
        f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else ""
    )
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "safelane.config.settings",
        "SAFELANE_DATABASE_URL": f"postgres://{account}@{place}/{known['NAME']}",
        "SAFELANE_SECRET_KEY": settings.SECRET_KEY,
    }
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + program],
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


REVOKE = """
from safelane.core.scope import system_actor
from safelane.organisations.signin.actions import revoke_token
from safelane.organisations.signin.models import ApiToken
revoke_token(ApiToken.objects.get(), by=system_actor())
"""
USE = """
from django.core.cache import cache
print(cache.add("code-of-bounmy", "y", 30))
"""
GUESS = """
from safelane.organisations.signin.adapters import note_wrong_guess
for _ in range(5):
    note_wrong_guess("bounmy", "192.0.2.7")
"""
END = """
from datetime import date, timedelta
from safelane.core.scope import system_actor
from safelane.organisations.actions import end_membership
from safelane.organisations.models import Membership
row = Membership.objects.get(user__username="aysel")
end_membership(row, date.today() - timedelta(days=1), by=system_actor())
"""


@pytest.mark.parametrize(("act", "status"), [(REVOKE, 401), (END, 403)])
def test_a_token_ends_everywhere_at_once(cast, act, status, monkeypatch):
    monkeypatch.setattr(token_cache.actors, "seconds", 600.0)
    membership = Membership.objects.get(user=cast.users["aysel"])
    until = timezone.now() + timedelta(days=1)
    _row, secret = create_token(membership, "x", until, by=cast.actor("aysel"))
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    items = f"{COLLECTIONS}/hazardous-areas/items"
    assert [client.get(items).status_code for _ in range(2)] == [200, 200]
    elsewhere(act)
    assert client.get(items).status_code == status


def test_a_code_is_used_up_everywhere(cast):
    from django.core.cache import cache

    cache.delete("code-of-bounmy")
    assert elsewhere(USE) == "True"
    assert not cache.add("code-of-bounmy", "y", 30)
    assert elsewhere(USE) == "False"


def test_a_lock_out_holds_everywhere(cast):
    assert not is_locked("bounmy", "192.0.2.7")
    elsewhere(GUESS)
    assert is_locked("bounmy", "192.0.2.7")
