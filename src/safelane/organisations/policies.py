"""Who may see and change organisations, people, memberships and agreements."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import EVERYTHING, Actor, ScopePolicy


class OrganisationPolicy(ScopePolicy):
    """Whoever sees organisations sees the own one, also where it has no country."""

    data_class = "organisation"
    organisation = "id"
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows = super().rows(actor, verb)
        if verb != "view" or rows == EVERYTHING:
            return rows
        homes = {g.home_organisation_id for g in actor.grants_for(cls.verb(verb))}
        return rows | Q(pk__in=homes - {None})


class PersonPolicy(ScopePolicy):
    data_class = "person"
    country = "organisation__country_id"
    area_path = ""


class MembershipPolicy(ScopePolicy):
    data_class = "membership"
    country = "organisation__country_id"
    area_path = ""


class AgreementPolicy(ScopePolicy):
    """Both sides of an agreement see it; only the owner's side edits it."""

    data_class = "agreement"
    organisation = "owner_id"
    country = "owner__country_id"
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        own = super().rows(actor, verb)
        if verb != "view" or actor.is_system:
            return own
        partners = {g.home_organisation_id for g in actor.grants_for(cls.verb("view"))}
        return own | Q(partner_id__in=partners)
