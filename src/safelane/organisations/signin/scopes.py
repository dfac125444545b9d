"""What an API token may do: read or also write, in chosen classes of data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from safelane.core.domain import house
from safelane.core.scope import Actor
from safelane.core.scope.actor import common_verbs
from safelane.organisations.models import Role
from safelane.organisations.signin.models import ApiToken

READING = frozenset({"view", "export"})
# What every token needs to make sense of the rest.
ALWAYS = frozenset(
    {"organisation.view", "area.view", "codes.view", "job.view", "file.view"}
)
# People decide on these in person, signed in with their second factor, never a program;
# jobs and files open with the data that they are made of.
IN_PERSON = frozenset(
    {
        "organisation",
        "person",
        "membership",
        "agreement",
        "admin",
        "history",
        "secret",
        "job",
        "file",
    }
)
# A class in which something is done in person (revealing) is opened verb by verb.
VERBS_OF = {"victim": frozenset({"view", "export", "report"})}


def classes_of(role: Role) -> list[str]:
    """Return the classes of data that a token of this role can open."""
    named = {verb.partition(".")[0] for verb in role.verbs}
    if "*" in named:
        named = set(house().data_classes)
    return sorted(named - IN_PERSON)


def labelled(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return classes of data with their names for people, by name."""
    known = house().data_classes
    found = ((n, str(known[n].label) if n in known else n) for n in names)
    return sorted(found, key=lambda both: both[1])


def narrowed(actor: Actor, token: ApiToken) -> Actor:
    """Return the actor with what both its grants and the token allow."""
    allowed = verbs_of(token.data_classes, writes=token.writes)
    grants = (
        replace(grant, verbs=common_verbs(grant.verbs, allowed))
        for grant in actor.grants
    )
    return replace(actor, grants=tuple(grant for grant in grants if grant.verbs))


def verbs_of(data_classes: Iterable[str], *, writes: bool) -> frozenset[str]:
    """Return the verbs that a token with these classes may have at most."""
    found = set(ALWAYS)
    for name in set(data_classes) - IN_PERSON:
        own = VERBS_OF.get(name, READING | {"*"})
        found |= {f"{name}.{verb}" for verb in (own if writes else own & READING)}
    return frozenset(found)
