"""By what something was made: the grants that allowed it, to be asked for again later.

A file or a job is kept with its basis, and is open to its owner only while every part
of it is still in force: the same organisation, the same verb, rows at least as far, and
places at least as exact.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Model, Q

from safelane.core.scope.actor import Actor, Grant, Precision
from safelane.core.scope.policy import NOTHING

REACHES = ("organisation", "country", "all")


def basis_of(actor: Actor, verb: str) -> str:
    """Return the grants of ``actor`` that allow ``verb``, as text to keep.

    Empty for work of the system itself, which belongs to nobody.
    """
    if actor.is_system:
        return ""
    data_class = verb.partition(".")[0]
    parts = {
        (
            grant.home_organisation_id or 0,
            grant.organisation_id or 0,
            grant.country_id or 0,
            grant.reach,
            grant.area_path,
            int(grant.precision_of(data_class)),
        )
        for grant in actor.grants_for(verb)
    }
    return json.dumps([verb, *sorted(parts)])


def verb_in(basis: str) -> str:
    """Return the verb of a basis; empty where there is none."""
    return str(json.loads(basis)[0]) if basis else ""


def holds(actor: Actor, basis: str) -> bool:
    """Say whether everything that a basis stands on is still open to ``actor``."""
    if not basis:
        return False
    verb, *parts = json.loads(basis)
    grants = actor.grants_for(verb)
    data_class = verb.partition(".")[0]
    return bool(parts) and all(
        any(_covers(grant, part, data_class) for grant in grants) for part in parts
    )


def _covers(grant: Grant, part: list[Any], data_class: str) -> bool:
    home, organisation, country, reach, area_path, level = part
    return (
        (grant.home_organisation_id or 0) == home
        and (grant.organisation_id or 0) == organisation
        and (grant.country_id or 0) == country
        and REACHES.index(grant.reach) >= REACHES.index(reach)
        and area_path.startswith(grant.area_path)
        and grant.precision_of(data_class) <= Precision(level)
    )


def own_rows(model: type[Model], owner: str, actor: Actor) -> Q:
    """Return the filter for an actor's own rows of ``model`` whose basis still holds.

    Args:
        owner: Name of the field that holds the account.
    """
    if actor.user_id is None:
        return NOTHING
    own = Q(**{f"{owner}_id": actor.user_id})
    kept = model._default_manager.filter(own).order_by()
    known = kept.values_list("basis", flat=True).distinct()
    return own & Q(basis__in=[basis for basis in known if holds(actor, basis)])
