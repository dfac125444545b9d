"""One-time links with which the people of the demo sign in."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from safelane.core.scope import Actor
from safelane.demo.world.people import ORGANISATIONS, people
from safelane.organisations.models import User
from safelane.organisations.signin.actions import invite_user


@dataclass(frozen=True, slots=True)
class Invited:
    """A person of the demo and the page that lets them in, once."""

    name: str
    role: str
    organisation: str
    path: str


def invite_people(*, by: Actor) -> list[Invited]:
    """Return a fresh link for everybody, the cast first; older links close."""
    short = {item.key: item.short_name for item in ORGANISATIONS}
    users = {user.username: user for user in User.objects.all()}
    found = []
    for person in people():
        secret = invite_user(users[person.key], by=by)
        path = reverse("account_invitation", args=[secret])
        role = person.role.replace("_", " ")
        found.append(Invited(person.name, role, short[person.organisation], path))
    return found
