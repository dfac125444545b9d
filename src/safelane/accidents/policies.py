"""Who may see and report accidents, and who may open a victim's record."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.expressions import Combinable

from safelane.core.review.policies import ReportsPolicy, exact_where
from safelane.core.review.stages import APPROVED, FORWARD
from safelane.core.scope import NOTHING, Actor, ScopePolicy

AUTHOR = "report__entered_by_id"


class AccidentPolicy(ScopePolicy):
    data_class = "accident"


class AccidentReportPolicy(ReportsPolicy):
    data_class = "accident_report"
    coarse_as = "accident"
    of = AccidentPolicy


class VictimPolicy(ScopePolicy):
    """Victims without identity: approved, of one's own reports, of those one checks."""

    data_class = "victim"

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows = super().rows(actor, verb)
        if actor.is_system or verb != "view":
            return rows
        if rows != NOTHING:
            homes = actor.within(cls.verb("view")).organisation_ids
            seen = Q(report__stage=APPROVED) | Q(organisation_id__in=homes)
            grants = AccidentReportPolicy.checking(actor.within(cls.verb("view")))
            rows &= seen | cls.rows_of(grants) & Q(report__stage__in=FORWARD)
        return rows | AccidentReportPolicy.own_rows(actor, AUTHOR)

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        own = AccidentReportPolicy.own_rows(actor, AUTHOR)
        return exact_where(own, super().precision(actor))


class CountPolicy(ScopePolicy):
    """Rows that may be counted in statistics; nobody sees the rows themselves."""

    data_class = "statistics"
