"""Who may see and run survey priors."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import EVERYTHING, NOTHING, Actor, ScopePolicy
from safelane.hazards.queries import grants_of_all_outlines


class PriorPolicy(ScopePolicy):
    """Runs that take surveyed ground off tell exactly where hazardous areas lie.

    Shares, scores and ranks follow from outlines, so such a run is open to those who
    see every hazardous area of the country exactly.
    """

    data_class = "prior"
    surveyed = "surveyed"

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows, outlines = super().rows(actor, verb), cls._outlines(actor)
        if outlines == EVERYTHING or rows == NOTHING:
            return rows
        return rows & (Q(**{cls.surveyed: False}) | outlines)

    @classmethod
    def exact_rows(cls, actor: Actor) -> Q:
        return super().exact_rows(actor) & cls.rows(actor)

    @classmethod
    def _outlines(cls, actor: Actor) -> Q:
        """Return the runs of countries whose hazardous areas are all open exactly."""
        if actor.is_system:
            return EVERYTHING
        return cls.rows_of(grants_of_all_outlines(actor))


class SurveyPriorPolicy(PriorPolicy):
    """A run ranks a whole country: a role for one area sees it and makes none."""

    area_path = ""

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        return super().rows(actor.for_whole_reach() if verb == "run" else actor, verb)


class RankedUnitPolicy(PriorPolicy):
    organisation = "prior__organisation_id"
    country = "prior__country_id"
    surveyed = "prior__surveyed"
