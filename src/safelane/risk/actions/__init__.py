"""The only place that writes survey priors."""

from safelane.risk.actions.pilots import register_pilot
from safelane.risk.actions.runs import note_export, reweigh_prior, run_survey_prior

__all__ = ["note_export", "register_pilot", "reweigh_prior", "run_survey_prior"]
