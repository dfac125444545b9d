"""What the audit needs to replay the reports on hazardous areas."""

from __future__ import annotations

from safelane.core.review.replay import replay_checks, replay_of
from safelane.hazards.actions.report import REPORTS

BESIDE = ("hazards.evidence", "hazards.ordnancefound", "hazards.surveybox")
CHECKS = replay_checks(
    replay_of(REPORTS, "evidence", "ordnance", "boxes", "points"), *BESIDE
)
