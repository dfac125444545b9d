"""Organisations, accounts, memberships, agreements and what people keep."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from safelane.core.pages.actions import save_view
from safelane.demo.build.workspace import Workspace
from safelane.demo.world.kinds import Agreement, Person
from safelane.organisations.actions import (
    create_organisation,
    create_person,
    create_user,
    grant_membership,
    make_agreement,
)
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import (
    Agreement as SavedAgreement,
)
from safelane.organisations.models import (
    Membership,
    Organisation,
    Role,
    User,
)
from safelane.organisations.signin.actions import create_token
from safelane.organisations.signin.models import ApiToken

REGISTER = "hazards"
VIEWS = {
    "aysel": (
        ("Open confirmed areas", "kind=cha&status=open"),
        ("Suspected, high priority", "kind=sha&priority=high"),
    ),
    "bounmy": (("My open confirmed areas", "kind=cha&status=open"),),
    "keo": (("Work under way", "status=worked_on"),),
}
TOKEN_NAME = "QGIS of the map desk (demo)"  # noqa: S105 - a name, not a secret
PURPOSE = "Agreed for the demo: planning work on both sides of a border."


def build_organisations(workspace: Workspace) -> None:
    """Create the organisations that do not exist yet."""
    known = set(Organisation.objects.values_list("name", flat=True))
    for item in workspace.shown("Organisations", workspace.world.organisations()):
        if item.name in known:
            continue
        country = workspace.countries[item.country] if item.country else None
        create_organisation(
            item.name, item.short_name, item.kind, country=country, by=workspace.by
        )


def build_people(workspace: Workspace) -> None:
    """Create accounts, people and memberships that do not exist yet."""
    people = list(workspace.world.people())
    roles = {role.code: role for role in Role.objects.all()}
    for person in workspace.shown("People and roles", people):
        if not User.objects.filter(username=person.key).exists():
            _add_person(workspace, person)
        user = User.objects.get(username=person.key)
        if Membership.objects.filter(user=user).exists():
            continue
        country = workspace.countries[person.country] if person.country else None
        organisation = workspace.organisations[person.organisation]
        role, term = roles[person.role], Term(country=country)
        grant_membership(user, organisation, role, term, by=workspace.by)


def build_agreements(workspace: Workspace) -> None:
    """Make the agreements between organisations that do not exist yet."""
    for item in workspace.shown("Agreements", list(workspace.world.agreements())):
        owner = workspace.organisations[item.giver]
        partner = workspace.organisations[item.receiver]
        if not SavedAgreement.objects.filter(owner=owner, partner=partner).exists():
            _agree(workspace, item, owner, partner)


def build_belongings(workspace: Workspace) -> None:
    """Keep saved views for some people, and one API token."""
    for key, views in workspace.shown("Saved views", list(VIEWS.items())):
        user = User.objects.get(username=key)
        for name, query in views:
            save_view(user.pk, REGISTER, name, query)
    membership = Membership.objects.get(user__username="aysel")
    if not ApiToken.objects.filter(membership=membership).exists():
        expires = timezone.now() + timedelta(days=90)
        create_token(membership, TOKEN_NAME, expires, by=workspace.by)


def _add_person(workspace: Workspace, person: Person) -> None:
    user = create_user(
        person.key,
        person.name,
        language=person.language,
        email=person.email,
        by=workspace.by,
    )
    given, _space, family = person.name.partition(" ")
    facts = {
        "given_name": given,
        "family_name": family,
        "position": person.role.replace("_", " ").capitalize(),
        "email": person.email,
    }
    organisation = workspace.organisations[person.organisation]
    create_person(organisation, facts, user=user, by=workspace.by)


def _agree(
    workspace: Workspace, item: Agreement, owner: Organisation, partner: Organisation
) -> None:
    opening = Opening(owner, partner, item.data_classes, item.precision, PURPOSE)
    country = workspace.countries[item.country] if item.country else None
    term = Term(item.starts, item.ends, country)
    make_agreement(opening, term, by=workspace.by)
