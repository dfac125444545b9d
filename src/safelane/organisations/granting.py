"""Who may give which role, and which roles two people give together.

A role lies within the giver's own when each of its verbs, at its reach and precision,
is covered by a role that the giver holds. Whoever runs the installation
(``admin.manage``) may propose any role. Access to hazards or victims, and the right to
give access, needs a second person as soon as two people have ever been able to give
roles where it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import NotPermitted
from safelane.core.scope import Actor, Grant, Precision
from safelane.core.scope.actor import common_verbs
from safelane.organisations.inputs import Term
from safelane.organisations.models import (
    Agreement,
    Membership,
    MembershipProposal,
    Organisation,
    Role,
    User,
)
from safelane.organisations.models.access import in_force
from safelane.organisations.policies import MembershipPolicy
from safelane.organisations.queries import (
    PRECISIONS,
    actor_for_user,
    organisations_in_reach,
)

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
        here = term.country is not None and grant.country_id == term.country.pk
        # A role of an organisation reaches its rows in any country.
        is_whole = role.reach == "country" or home.country_id == grant.country_id
        return here and is_whole
    return role.reach == "organisation" and grant.organisation_id == home.pk


def require_grantable(
    organisation: Organisation, role: Role, term: Term, by: Actor
) -> None:
    """Raise NotPermitted or SignInNeeded unless ``by`` may give or propose a role."""
    by.require(GRANTING)
    if by.is_system or by.may("admin.manage"):
        return
    require_reach(organisation, GRANTING, by)
    if not lies_within(by, role, organisation, term):
        raise NotPermitted(
            _("The role “%(role)s” opens more than your own.") % {"role": role.name}
        )


def require_reach(organisation: Organisation, verb: str, by: Actor) -> None:
    """Raise NotPermitted unless ``by`` may do this for an organisation."""
    if organisation.pk not in organisations_in_reach(by, verb):
        message = _("“%(name)s” is outside your reach.")
        raise NotPermitted(message % {"name": organisation.name})


def can_be_confirmed(proposal: MembershipProposal) -> bool:
    """Say whether anybody may confirm a proposed role today."""
    where = in_force(timezone.localdate()) & Q(role__in=_giving([GRANTING]))
    holders = Membership.objects.filter(where).values("user")
    involved = (proposal.proposed_by_id, proposal.user_id)
    others = User.objects.filter(pk__in=holders, is_active=True).exclude(
        pk__in=[pk for pk in involved if pk]
    )
    return any(may_confirm(actor_for_user(user), proposal) for user in others)


def may_confirm(actor: Actor, proposal: MembershipProposal) -> bool:
    """Say whether somebody who is not involved may confirm a proposed role."""
    term = Term(proposal.starts, proposal.ends, proposal.country, proposal.area)
    try:
        MembershipPolicy.require_row(actor, "manage", proposal)
        require_grantable(proposal.organisation, proposal.role, term, actor)
    except NotPermitted:
        return False
    return True


def somebody_else_gives(
    role: Role, organisation: Organisation, term: Term, by: Actor
) -> bool:
    """Say whether another person has ever been able to give roles where this one holds.

    Once there was one it stays so: ending the other's role does not let one person give
    access alone. The command line asks for two people, and counts those of today. Where
    nobody else gives roles, nobody could ever confirm; whoever comes by such a role
    confirms nothing beyond that country or organisation.

    Args:
        term: With its country.
    """
    lands = {country.pk for country in (term.country, organisation.country) if country}
    lands |= agreed_countries(organisation)
    if role.reach == "organisation":
        lands |= countries_of(organisation)
    there = (
        Q(role__reach="all")
        | Q(role__reach="country", country__in=lands)
        | Q(role__reach="organisation", organisation=organisation)
    )
    is_anywhere = role.reach == "organisation" and organisation.country is None
    where = Q() if is_anywhere or role.reach == "all" else there
    if by.is_system:
        return accounts_with([GRANTING], today=True, where=where) >= 2
    others = where & ~Q(user=by.user_id)
    return accounts_with([GRANTING], today=False, where=others) >= 1


def countries_of(organisation: Organisation) -> set[int]:
    """Return the keys of the countries in which anything stands in its name."""
    found: set[int] = set()
    links = organisation._meta.get_fields(include_hidden=True)
    holding: set[Any] = {link.related_model for link in links if link.one_to_many}
    for model in holding:
        names = {field.name for field in model._meta.fields}
        if {"organisation", "country"} <= names:
            rows = model._base_manager.filter(organisation=organisation)
            placed = rows.filter(country__isnull=False).order_by()
            found.update(placed.values_list("country", flat=True).distinct())
    return found


def agreed_countries(organisation: Organisation) -> set[int]:
    """Return the keys of the countries of which agreements open records to its people.

    Also those to come: a role given today may last until then.
    """
    found: set[int] = set()
    agreements = Agreement.objects.filter(
        partner=organisation, revoked_at=None, ends__gte=timezone.localdate()
    )
    for agreement in agreements.select_related("country", "owner__country"):
        one = agreement.country or agreement.owner.country
        found |= {one.pk} if one else set()
        if agreement.country is None:
            found |= countries_of(agreement.owner)
    return found


def accounts_with(verbs: Iterable[str], *, today: bool, where: Q | None = None) -> int:
    """Return how many accounts have a role with one of the verbs, or ever had one.

    Args:
        where: Of memberships: those that count.
    """
    rows = memberships_with(verbs).filter(where or Q())
    if today:
        rows = rows.filter(in_force(timezone.localdate()), user__is_active=True)
    return rows.order_by().values("user").distinct().count()


def memberships_with(verbs: Iterable[str]) -> QuerySet[Membership]:
    """Return every role with one of the verbs that anybody has or ever had."""
    return Membership.objects.filter(role__in=_giving(verbs))


def _giving(verbs: Iterable[str]) -> list[int]:
    wanted = list(verbs)
    return [row.pk for row in Role.objects.all() if common_verbs(wanted, row.verbs)]


def leaves_nobody(first: date, **mine: Any) -> bool:
    """Say whether some memberships alone run the installation on a day from one on.

    On later days too: another's role may end, or one of these begin, after that.
    Asked by one at a time, as two who end each other would both find the other. For
    the caller's transaction.
    """
    Role.objects.select_for_update().get(code=ADMINISTRATOR)
    rows = Membership.objects.filter(user__is_active=True, role__code=ADMINISTRATOR)
    begins = rows.filter(starts__gt=first).values_list("starts", flat=True)
    ends = rows.filter(ends__gte=first).values_list("ends", flat=True)
    later = [*begins, *(end + timedelta(days=1) for end in ends if end)]
    return any(
        administrators(day).filter(**mine).exists()
        and not administrators(day).exclude(**mine).exists()
        for day in {first, *filter(None, later)}
    )


def administrators(day: date) -> QuerySet[Membership]:
    """Return the memberships by which open accounts run the installation on a day."""
    open_accounts = Membership.objects.filter(user__is_active=True)
    return open_accounts.filter(in_force(day), role__code=ADMINISTRATOR)
