"""Who may see and run survey priors."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import Actor, ScopePolicy


class SurveyPriorPolicy(ScopePolicy):
    """A run ranks a whole country: a role for one area sees it and makes none."""

    data_class = "prior"
    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        return super().rows(actor.for_whole_reach() if verb == "run" else actor, verb)


class RankedUnitPolicy(ScopePolicy):
    data_class = "prior"
    organisation = "prior__organisation_id"
    country = "prior__country_id"
