"""Who may see and run survey priors."""

from __future__ import annotations

from safelane.core.scope import ScopePolicy


class SurveyPriorPolicy(ScopePolicy):
    data_class = "prior"
    area_path = ""


class RankedUnitPolicy(ScopePolicy):
    data_class = "prior"
    organisation = "prior__organisation_id"
    country = "prior__country_id"
