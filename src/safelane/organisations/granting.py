"""Who may give which role, and which roles two people give together.

A role lies within the giver's own when each of its verbs, at its reach and precision,
is covered by a role that the giver holds. Whoever runs the installation
(``admin.manage``) may propose any role. Access to hazards or victims, and the right to
give access, needs a second person as soon as two people have ever been able to give
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from safelane.core.scope import Actor, Grant, Precision
from safelane.core.scope.actor import common_verbs
from safelane.organisations.inputs import Term
from safelane.organisations.models import Membership, Organisation, Role
from safelane.organisations.models.access import in_force
from safelane.organisations.queries import PRECISIONS

GRANTING = "membership.manage"
ADMINISTRATOR = "administrator"
# Classes of data that endanger nobody; every other one is guarded, also a new one.
PLAIN = frozenset({
    "organisation", "person", "area", "codes", "job", "file", "history", "statistics",
    "prior",
})  # fmt: skip
LOOKING = frozenset({"view", "export"})
ABOUT_ACCESS = frozenset({"membership", "agreement", "admin"})


def needs_second_person(role: Role) -> bool:
    """Say whether a role opens hazards or victims, or lets its holder open them.

    Looking at places that are not exact (1 km cells, districts) does not.
    """
    return any(_is_guarded(verb, role) for verb in role.verbs)


def _is_guarded(verb: str, role: Role) -> bool:
    data_class, _dot, action = verb.partition(".")
    if data_class in PLAIN:
        return False
    if action not in LOOKING:
        return True
    coarse = _level(role, data_class) is not Precision.EXACT
    return data_class not in ABOUT_ACCESS and not coarse


def _level(role: Role, data_class: str) -> Precision:
    return PRECISIONS[role.precision.get(data_class, "exact")]


def lies_within(
    actor: Actor, role: Role, organisation: Organisation, term: Term
) -> bool:
    """Say whether everything that a membership would open is open to ``actor`` too.

    Args:
        term: With its country.
    """
    return all(
        any(_covers(grant, verb, role, organisation, term) for grant in actor.grants)
        for verb in role.verbs
    )


def _covers(
    grant: Grant, verb: str, role: Role, organisation: Organisation, term: Term
) -> bool:
    data_class = verb.partition(".")[0]
    return (
        grant.allows(verb)
        and not grant.from_agreement
        and _reaches(grant, role, organisation, term)
        and (term.area.path if term.area else "").startswith(grant.area_path)
        and grant.precision_of(data_class) <= _level(role, data_class)
    )


def _reaches(grant: Grant, role: Role, home: Organisation, term: Term) -> bool:
    if grant.reach == "all" or role.reach == "all":
        return grant.reach == "all"
    if grant.reach == "country":
        return term.country is not None and grant.country_id == term.country.pk
    return role.reach == "organisation" and grant.organisation_id == home.pk


def two_could_grant(*, now_only: bool = False) -> bool:
    """Say whether two people have ever been able to give access, or can today.

    Once there were two it stays so: ending the other's role does not let one person
    give access alone. Only the command line counts those of today.
    """
    return accounts_with([GRANTING], today=now_only) >= 2


def accounts_with(verbs: Iterable[str], *, today: bool) -> int:
    """Return how many accounts have a role with one of the verbs, or ever had one."""
    wanted = list(verbs)
    roles = [row.pk for row in Role.objects.all() if common_verbs(wanted, row.verbs)]
    rows = Membership.objects.filter(role__in=roles)
    if today:
        rows = rows.filter(in_force(timezone.localdate()), user__is_active=True)
    return rows.order_by().values("user").distinct().count()


def other_administrators(day: date, **mine: Any) -> bool:
    """Say whether somebody runs the installation on a day without some memberships.

    Asked by one at a time, as two who end each other would both find the other. For
    the caller's transaction.
    """
    Role.objects.select_for_update().get(code=ADMINISTRATOR)
    return administrators(day).exclude(**mine).exists()


def administrators(day: date) -> QuerySet[Membership]:
    """Return the memberships by which open accounts run the installation on a day."""
    open_accounts = Membership.objects.filter(user__is_active=True)
    return open_accounts.filter(in_force(day), role__code=ADMINISTRATOR)
