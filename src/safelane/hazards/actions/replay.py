"""What the audit needs to replay the reports on hazardous areas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safelane.core.review.replay import Replay, replay_checks
from safelane.core.review.timeline import TimelineReport
from safelane.hazards.actions.projection import timeline_report
from safelane.hazards.actions.reports import snapshot
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.models import HazardPeriod, HazardReport

BESIDE = ("hazards.evidence", "hazards.ordnancefound", "hazards.surveybox")


def _timeline(report: Any) -> TimelineReport:
    return replace(timeline_report(report), withdrawn_at=report.withdrawn_at)


CHECKS = replay_checks(
    Replay(
        name="hazard_report",
        report=HazardReport,
        record="hazard",
        facts=FACT_FIELDS,
        groups=FACT_GROUPS,
        timeline=_timeline,
        snapshot=snapshot,
        period=HazardPeriod,
        prefetch=("evidence", "ordnance", "boxes", "points"),
    ),
    *BESIDE,
)
