"""What the country structure publishes by OGC API Features and tiles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.domain import DataClass, Domain, Group, MapKind, NavItem
from safelane.core.facts import Label
from safelane.core.history.queries import Subject, if_may
from safelane.organisations.attention import panels
from safelane.organisations.models import (
    AdminArea,
    Agreement,
    Membership,
    Organisation,
    Person,
    Place,
)
from safelane.organisations.policies import (
    AgreementPolicy,
    MembershipPolicy,
    OrganisationPolicy,
    PersonPolicy,
)
from safelane.organisations.replay import CHECKS


def _open(name: str, title: Label, model: type[AdminArea | Place]) -> Collection:
    """Return a collection of which everybody with ``area.view`` sees all."""
    return Collection(
        name=name,
        title=title,
        queryset=lambda actor, query: model.objects.all(),
        verb="area.view",
        fields=fields_of(model),
    )


COLLECTIONS = (
    _open("admin-areas", _("Admin areas"), AdminArea),
    _open("places", _("Places"), Place),
)


PAGES = (
    (_("Organisations and people"), "list", "building", "organisation.view"),
    (_("Agreements"), "agreements", "file-certificate", "agreement.view"),
    (_("Roles"), "roles", "shield", "membership.view"),
    (_("Admin areas"), "areas", "map", "area.view"),
    (_("Code lists"), "codes", "list-details", "codes.view"),
    (_("History"), "history", "history", "history.view"),
)

DOMAIN = Domain(
    app="safelane.organisations",
    title=_("Organisations"),
    data_classes=(
        DataClass("organisation", _("Organisations")),
        DataClass("person", _("People")),
        DataClass("membership", _("Memberships")),
        DataClass("agreement", _("Agreements")),
        DataClass("area", _("Admin areas and places")),
        DataClass("codes", _("Code lists")),
        DataClass("history", _("History")),
        DataClass("admin", _("Installation")),
        DataClass("secret", _("Sealed values")),
    ),
    said={
        "admin.sync_role": _("brought a role up to date"),
        "agreement.make": _("made an agreement"),
        "agreement.revoke": _("revoked an agreement"),
        "area.create_country": _("set up a country"),
        "area.import": _("imported admin areas or places"),
        "codes.add": _("added a code"),
        "codes.retire": _("retired a code"),
        "membership.grant": _("gave a role"),
        "membership.place": _("wrote down the country of a role"),
        "membership.end": _("ended a role"),
        "membership.propose": _("proposed a role"),
        "membership.refuse": _("refused a proposed role"),
        "organisation.create": _("added an organisation"),
        "organisation.update": _("changed an organisation"),
        "person.accept_invitation": _("accepted the invitation"),
        "person.create": _("added a person"),
        "person.create_token": _("made an API token"),
        "person.create_user": _("opened an account"),
        "person.disable_user": _("closed an account"),
        "person.invite": _("made an invitation link"),
        "person.link_provider": _("linked a sign-in provider"),
        "person.revoke_sessions": _("ended sessions"),
        "person.revoke_token": _("revoked an API token"),
        "person.update": _("changed a person"),
        "secret.reseal": _("sealed a secret anew"),
    },
    map_kinds=(
        MapKind("areas", {"adminArea": _("Admin area")}),
        MapKind("places", {"place": _("Place")}),
    ),
    navigation=tuple(
        NavItem(label, f"organisations:{name}", icon, verb, Group.ADMINISTRATION)
        for label, name, icon, verb in PAGES
    ),
    panels=(panels,),
    collections=COLLECTIONS,
    subjects={
        "agreement": Subject(Agreement, AgreementPolicy.rows),
        "code": Subject(None, if_may("codes.view", "codes.manage")),
        "country": Subject(None, if_may("area.view", "area.manage")),
        "membership": Subject(Membership, MembershipPolicy.rows),
        "organisation": Subject(Organisation, OrganisationPolicy.rows),
        "person": Subject(Person, PersonPolicy.rows),
        "role": Subject(None, if_may("membership.view")),
        "secret": Subject(None, if_may("admin.manage")),
        "token": Subject(None, if_may("membership.manage")),
        "user": Subject(None, if_may("membership.manage", "person.manage")),
    },
    state_checks=CHECKS,
    urls="safelane.organisations.urls",
    prefix="organisations/",
    api="safelane.organisations.api",
)
