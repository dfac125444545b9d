"""Who may see and report accidents, and who may open a victim's record."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.review.policies import ReportsPolicy
from safelane.core.review.stages import APPROVED
from safelane.core.scope import NOTHING, Actor, ScopePolicy


class AccidentPolicy(ScopePolicy):
    data_class = "accident"


class AccidentReportPolicy(ReportsPolicy):
    data_class = "accident_report"
    coarse_as = "accident"
    of = AccidentPolicy


class VictimPolicy(ScopePolicy):
    """Victims without their identity: approved ones, and those in one's own reports."""

    data_class = "victim"

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows = super().rows(actor, verb)
        if actor.is_system or verb != "view":
            return rows
        if rows != NOTHING:
            homes = actor.within(cls.verb("view")).organisation_ids
            rows &= Q(report__stage=APPROVED) | Q(organisation_id__in=homes)
        return rows | AccidentReportPolicy.own_rows(actor, "report__entered_by_id")


class CountPolicy(ScopePolicy):
    """Rows that may be counted in statistics; nobody sees the rows themselves."""

    data_class = "statistics"
