"""Organisations, people, accounts and what they keep for themselves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor
from safelane.organisations.errors import AlreadyExists, LastAdministrator
from safelane.organisations.models import (
    Country,
    Organisation,
    Person,
    SavedView,
    User,
)
from safelane.organisations.policies import OrganisationPolicy, PersonPolicy
from safelane.organisations.queries import organisations_in_reach

ORGANISATION_FACTS = ("name", "short_name", "kind", "country_id", "is_active")
# The history is for ever, so it never takes telephone numbers or addresses in.
PRIVATE = frozenset({"phone", "email", "birth_year"})
PERSON_FACTS = (
    "given_name",
    "family_name",
    "sex",
    "birth_year",
    "position",
    "phone",
    "email",
    "is_active",
)


@transaction.atomic
def create_organisation(
    name: str, short_name: str, kind: str, *, country: Country | None, by: Actor
) -> Organisation:
    """Register an organisation.

    Raises:
        AlreadyExists: The name or the short name is taken.
    """
    by.require("organisation.manage")
    organisation = Organisation(
        name=name.strip(), short_name=short_name.strip(), kind=kind, country=country
    )
    _save_checked(organisation)
    _note("organisation.create", organisation, organisation.pk, {}, by)
    return organisation


@transaction.atomic
def update_organisation(
    organisation: Organisation, facts: dict[str, Any], *, by: Actor
) -> Organisation:
    """Change an organisation's facts; nothing is deleted, it is made inactive."""
    OrganisationPolicy.require_row(by, "manage", organisation)
    before = _facts(organisation)
    _assign(organisation, facts, ORGANISATION_FACTS)
    _save_checked(organisation)
    _note("organisation.update", organisation, organisation.pk, before, by)
    return organisation


@transaction.atomic
def create_person(
    organisation: Organisation,
    facts: dict[str, Any],
    *,
    user: User | None = None,
    by: Actor,
) -> Person:
    """Register a member of staff or a contact of an organisation in reach."""
    by.require("person.manage")
    if organisation.pk not in organisations_in_reach(by, "person.manage"):
        raise NotPermitted(
            _("“%(name)s” is outside your reach.") % {"name": organisation.name}
        )
    person = Person(organisation=organisation, user=user)
    _assign(person, facts, PERSON_FACTS)
    _save_checked(person)
    _note("person.create", person, organisation.pk, {}, by)
    return person


@transaction.atomic
def update_person(person: Person, facts: dict[str, Any], *, by: Actor) -> Person:
    """Change a person's facts."""
    PersonPolicy.require_row(by, "manage", person)
    before = _facts(person)
    _assign(person, facts, PERSON_FACTS)
    _save_checked(person)
    _note("person.update", person, person.organisation_id, before, by)
    return person


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
    user = User(
        username=username,
        first_name=given,
        last_name=family,
        language=language,
        email=email,
    )
    user.set_unusable_password()
    _save_checked(user)
    after = {"username": username, "language": language}
    record(
        Entry(None, "person.create_user", "user", user.uid, username, None, after),
        by=by,
    )
    return user


@transaction.atomic
def disable_user(user: User, reason: str, *, by: Actor) -> User:
    """Close an account; its name stays in the history.

    Raises:
        LastAdministrator: It is the only account that can run the installation.
    """
    by.require("membership.manage")
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), field="reason")
    administrators = User.objects.filter(
        is_active=True, memberships__role__code="administrator"
    )
    is_one = administrators.filter(pk=user.pk).exists()
    if is_one and not administrators.exclude(pk=user.pk).exists():
        raise LastAdministrator(_("Appoint another administrator first."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    entry = Entry(
        None, "person.disable_user", "user", user.uid, user.username, reason=reason
    )
    record(entry, by=by)
    return user


def set_language(user: User, language: str) -> None:
    """Remember the language that somebody chose for themselves."""
    user.language = language
    user.save(update_fields=["language"])


def save_view(user: User, page: str, name: str, query: str) -> SavedView:
    """Keep the filters of a page under a name; the same name is overwritten."""
    if not name.strip():
        raise InvalidInput(_("Give the view a name."), field="name")
    view, _created = SavedView.objects.update_or_create(
        user=user, page=page, name=name.strip()[:80], defaults={"query": query[:2000]}
    )
    return view


def delete_view(user: User, view_id: int) -> None:
    """Forget one of one's own saved views."""
    SavedView.objects.filter(user=user, pk=view_id).delete()


def _assign(row: models.Model, facts: dict[str, Any], allowed: tuple[str, ...]) -> None:
    for name, value in facts.items():
        if name not in allowed:
            raise InvalidInput(_("There is no field “%(name)s”.") % {"name": name})
        setattr(row, name, value)


def _save_checked(row: models.Model) -> None:
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        fault = AlreadyExists if _is_taken(error) else InvalidInput
        raise fault(" ".join(messages), field=field) from error
    except IntegrityError as error:
        raise AlreadyExists(_("A record with this name exists already.")) from error


def _is_taken(error: ValidationError) -> bool:
    faults = [item for items in error.error_dict.values() for item in items]
    return any(item.code in ("unique", "unique_together") for item in faults)


def _facts(row: models.Model) -> dict[str, Any]:
    names = ORGANISATION_FACTS if isinstance(row, Organisation) else PERSON_FACTS
    return {name: getattr(row, name) for name in names if name not in PRIVATE}


def _note(
    verb: str,
    row: Organisation | Person,
    organisation_id: int,
    before: dict[str, Any],
    by: Actor,
) -> None:
    kind = row._meta.model_name or ""
    entry = Entry(organisation_id, verb, kind, row.uid, str(row), before, _facts(row))
    record(entry, by=by)
