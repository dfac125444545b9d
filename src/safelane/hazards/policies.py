"""Who may see and report hazardous areas, evidence, ordnance and survey boxes."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Q

from safelane.core.review.policies import ReportsPolicy
from safelane.core.scope import NOTHING, Actor, ScopePolicy


class HazardPolicy(ScopePolicy):
    data_class = "hazard"


class HazardPeriodPolicy(ScopePolicy):
    data_class = "hazard"
    organisation = "hazard__organisation_id"
    country = "hazard__country_id"


class ReportPolicy(ReportsPolicy):
    data_class = "hazard_report"
    coarse_as = "hazard"
    of = HazardPolicy


class ReportedFactPolicy(ScopePolicy):
    """Facts inside reports: open to readers once approved, before that to reviewers.

    Those of reports that were withdrawn later are open too: they were known once. What
    counts, now or then, is asked of ``review.queries``. They tell where an area lies,
    so a role shows them no more exactly than areas, also where it names only these.
    """

    coarse_as = "hazard"
    opened: ClassVar[Q] = Q(report__approved_at__isnull=False)

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        rows = super().rows(actor, verb)
        if actor.is_system or verb != "view" or rows == NOTHING:
            return rows
        if ReportPolicy.may(actor, "view"):
            return rows & (cls.opened | Q(report__organisation_id__in=_homes(actor)))
        return rows & cls.opened


def _homes(actor: Actor) -> set[int]:
    ids = {g.organisation_id for g in actor.grants_for("hazard_report.view")}
    return {i for i in ids if i is not None}


class EvidencePolicy(ReportedFactPolicy):
    data_class = "evidence"


class OrdnancePolicy(ReportedFactPolicy):
    data_class = "ordnance"


class SurveyBoxPolicy(ReportedFactPolicy):
    data_class = "survey_box"
