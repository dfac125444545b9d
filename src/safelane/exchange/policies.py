"""Who may see imports and saved mappings: those who may import for the organisation."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import NOTHING, Actor, ScopePolicy
from safelane.exchange.kinds import import_kinds
from safelane.organisations.queries import organisations_in_reach


class ImportPolicy(ScopePolicy):
    """Runs of the organisations for which one may import."""

    data_class = "hazard"
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows = super().rows(actor, "import")
        if not actor.is_system:  # a file with names is for who brought it
            rows &= ~Q(target__in=[k.name for k in import_kinds() if k.sealed])
        return rows if actor.user_id is None else rows | _own(actor)


def _own(actor: Actor) -> Q:
    """Return the runs that the actor began and could still begin."""
    found = NOTHING
    for kind in import_kinds():
        mine = Q(created_by_id=actor.user_id, target=kind.name)
        if not kind.is_shared:
            mine &= Q(organisation_id__in=organisations_in_reach(actor, kind.verb))
        if actor.may(kind.verb):
            found |= mine
    return found


class MappingPolicy(ScopePolicy):
    """Mappings are shared within the organisation that saved them."""

    data_class = "hazard"
    country = ""
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system:
            return Q()
        homes = actor.organisation_ids
        return Q(organisation_id__in=homes) if homes else NOTHING


def files_of(actor: Actor) -> Q:
    """Return the uploaded files of the imports that an actor sees."""
    from safelane.exchange.models import ImportRun

    return Q(pk__in=ImportRun.objects.visible_to(actor).values("file"))
