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
        if verb != "view":  # an organisation works in many areas
            return super().rows(actor.for_whole_reach(), verb)
        rows = super().rows(actor, verb)
        if rows == EVERYTHING:
            return rows
        homes = {g.home_organisation_id for g in actor.grants_for(cls.verb(verb))}
        return rows | Q(pk__in=homes - {None})


class PersonPolicy(ScopePolicy):
    data_class = "person"
    country = "organisation__country_id"
    area_path = ""


class MembershipPolicy(ScopePolicy):
    """Who sees roles sees those for every area; for one area, only its own change."""

    data_class = "membership"
    country = "organisation__country_id"
    area_path = "area__path"

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        return super().rows(actor.beyond_areas() if verb == "view" else actor, verb)


class AgreementPolicy(ScopePolicy):
    """Both sides of an agreement see it; only the owner's side edits it.

    A role for one area does not: an agreement opens what the owner has anywhere.
    """

    data_class = "agreement"
    organisation = "owner_id"
    country = "owner__country_id"
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if verb != "view":
            return super().rows(actor.for_whole_reach(), verb)
        own = super().rows(actor, verb)
        if own == EVERYTHING:  # it would vanish beside another condition
            return own
        partners = {g.home_organisation_id for g in actor.grants_for(cls.verb("view"))}
        return own | Q(partner_id__in=partners)
