"""Organisations, people, accounts and what they keep for themselves."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.actions import Entry, record
from safelane.core.records.actions import create, note, save_checked, update
from safelane.core.scope import Actor
from safelane.organisations.errors import LastAdministrator
from safelane.organisations.granting import (
    ADMINISTRATOR,
    agreed_countries,
    countries_of,
    leaves_nobody,
)
from safelane.organisations.models import Country, Organisation, Person, User
from safelane.organisations.queries import covers_country


@transaction.atomic
def create_organisation(
    name: str, short_name: str, kind: str, *, country: Country | None, by: Actor
) -> Organisation:
    """Register an organisation in a country that the actor's role reaches whole.

    Raises:
        NotPermitted: It is in another country, or in none while the role is for one.
        AlreadyExists: The name or the short name is taken.
    """
    by.require("organisation.manage")
    if country is None:
        whole = by.for_whole_reach().grants_for("organisation.manage")
        may = by.is_system or any(grant.reach == "all" for grant in whole)
    else:
        may = covers_country(by, "organisation.manage", country)
    if not may:
        said = _("Your role does not let you register organisations in %(country)s.")
        none = _("Say in which country it is: your role is for one country.")
        message = none if country is None else said % {"country": country}
        raise NotPermitted(message, field="country")
    organisation = Organisation(
        name=name.strip(), short_name=short_name.strip(), kind=kind, country=country
    )
    save_checked(organisation)
    note("create", organisation, {}, by=by, may="manage")
    return organisation


# Nothing is deleted: an organisation is made inactive.
update_person = partial(update, may="manage")


def update_organisation(
    organisation: Organisation, facts: dict[str, Any], *, by: Actor
) -> Organisation:
    """Change what is stated of an organisation.

    Its country stays while somebody has a role in it, anything is recorded in its name,
    or an agreement opens records to it: its roles would reach into another country by
    the word of one person alone.

    Raises:
        InvalidInput: The country would change under the roles of people.
    """
    moved = facts.get("country", organisation.country) != organisation.country
    held = organisation.memberships.exists() or countries_of(organisation)
    if moved and (held or agreed_countries(organisation)):
        text = _(
            "%(name)s has people with roles, records or agreements. Register it in the "
            "other country as a new organisation."
        )
        said = text % {"name": organisation.short_name}
        raise InvalidInput(said, field="country")
    return update(organisation, facts, by=by, may="manage")


def settle_organisation(
    organisation: Organisation, country: Country, *, by: Actor
) -> Organisation:
    """Give a country to an organisation that was made before there was one.

    Nobody's reach grows by it: only the first administrator has a role there, which
    opens the same in every country.

    Raises:
        InvalidInput: It has a country, or somebody else has a role in it.
    """
    roles = organisation.memberships.values_list("role__code", flat=True)
    if organisation.country is not None or list(roles) not in ([], [ADMINISTRATOR]):
        text = _("%(name)s has a country, or people who have roles in it.")
        said = text % {"name": organisation.short_name}
        raise InvalidInput(said, field="country")
    return update(organisation, {"country": country}, by=by, may="manage")


def create_person(
    organisation: Organisation,
    facts: dict[str, Any],
    *,
    user: User | None = None,
    by: Actor,
) -> Person:
    """Register a member of staff or a contact of an organisation in reach."""
    person = Person(organisation=organisation, user=user)
    return create(person, facts, by=by, may="manage")


@transaction.atomic
def create_user(
    username: str, name: str, *, language: str = "", email: str = "", by: Actor
) -> User:
    """Create an account without a password; an invitation link sets one.

    Raises:
        AlreadyExists: The user name is taken.
    """
    by.require("person.manage")
    given, _space, family = name.strip().partition(" ")
    by.require_in_person()
    user = User(username=username, first_name=given, last_name=family)
    user.language, user.email = language, email
    user.set_unusable_password()
    save_checked(user)
    after = {"username": username, "language": language}
    verb, uid = "person.create_user", user.uid
    record(Entry(None, verb, "user", uid, username, after=after), by=by)
    return user


@transaction.atomic
def disable_user(user: User, reason: str, *, by: Actor) -> User:
    """Close an account; its name stays in the history.

    Raises:
        LastAdministrator: It is the only account that can run the installation.
    """
    by.require_in_person()
    by.require("membership.manage")
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), field="reason")
    if leaves_nobody(timezone.localdate(), user=user):
        raise LastAdministrator(_("Appoint another administrator first."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    verb, uid, name = "person.disable_user", user.uid, user.username
    record(Entry(None, verb, "user", uid, name, reason=reason), by=by)
    return user
