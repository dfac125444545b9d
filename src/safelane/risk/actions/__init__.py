"""The only place that writes survey priors."""

from safelane.risk.actions.pilots import register_pilot
from safelane.risk.actions.runs import (
    note_export,
    rank_ground,
    reweigh_prior,
    run_survey_prior,
)

__all__ = [
    "note_export",
    "rank_ground",
    "register_pilot",
    "reweigh_prior",
    "run_survey_prior",
]
