"""Who may see imports and saved mappings: those who may import for the organisation."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import EVERYTHING, NOTHING, Actor, ScopePolicy
from safelane.exchange.kinds import exportable, importable
from safelane.organisations.queries import organisations_in_reach


class ImportPolicy(ScopePolicy):
    """Runs of what one may import, where one may; one's own where they hold people.

    For one area only one's own too: a file and the faults of its rows tell of every
    area in which they lie.
    """

    area_path = ""
    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system:
            return EVERYTHING
        found, whole = NOTHING, actor.for_whole_reach()
        for kind in importable(actor):
            of_kind = Q(target=kind.name)
            if not kind.sealed:  # a file with names is for who brought it
                found |= of_kind & cls.rows_of(whole.grants_for(kind.verb))
            if actor.user_id is not None:
                reach = organisations_in_reach(actor, kind.verb)
                near = Q() if kind.is_shared else Q(organisation_id__in=reach)
                found |= of_kind & near & Q(created_by_id=actor.user_id)
        return found


class MappingPolicy(ScopePolicy):
    """Mappings are shared by those who bring files in for an organisation."""

    country = ""
    area_path = ""
    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system:
            return EVERYTHING
        homes = set(actor.organisation_ids)
        for kind in importable(actor):
            homes |= organisations_in_reach(actor, kind.verb)
        return Q(organisation_id__in=homes) if homes else NOTHING


def exports_told(actor: Actor) -> Q:
    """Return the entries of the history on exports of what one may export oneself."""
    verbs = [f"{kind.name}.export" for kind in exportable(actor)]
    return Q(object_type="export", verb__in=verbs) if verbs else NOTHING


def files_of(actor: Actor) -> Q:
    """Return the uploaded files of the imports that an actor sees."""
    from safelane.exchange.models import ImportRun

    return Q(pk__in=ImportRun.objects.visible_to(actor).values("file"))
