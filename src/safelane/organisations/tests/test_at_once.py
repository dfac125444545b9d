"""Who runs the installation, when several people decide on it at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from safelane.core.scope import system_actor
from safelane.core.testing.together import together
from safelane.organisations.actions import end_membership, grant_membership
from safelane.organisations.errors import LastAdministrator
from safelane.organisations.granting import administrators
from safelane.organisations.models import Membership, Role

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer at a time"
    ),
]


def test_two_administrators_do_not_end_each_other(cast: Any) -> None:
    today, by = timezone.localdate(), system_actor("tests")
    role = Role.objects.get(code="administrator")
    home = cast.organisations["aza"]
    for name in ("petra", "aysel"):
        if not Membership.objects.filter(user=cast.users[name], role=role).exists():
            grant_membership(cast.users[name], home, role, by=by)
    held = list(administrators(today).order_by("pk"))
    assert len(held) == 2
    acts = [lambda row=row: end_membership(row, today, by=by) for row in held]
    faults = together(*acts)
    assert [type(fault) for fault in faults] == [LastAdministrator]
    assert Membership.objects.filter(ends=today).count() == 1
