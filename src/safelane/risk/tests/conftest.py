"""A toy run of the Lao authority: two districts, eight units, three communities."""

from __future__ import annotations

import pytest

from safelane.engines.surveyprior import run_prior
from safelane.engines.surveyprior.tests.toy import CONFIG, line_inputs, record_inputs
from safelane.organisations.models import AdminArea
from safelane.risk.actions import save_result
from safelane.risk.models import SurveyPrior


def save_toy(cast, inputs, by=None):
    country = cast.countries["laos"]
    districts = AdminArea.objects.filter(country=country, level=2).order_by("pk")
    ids = list(districts.values_list("pk", flat=True))
    prior = SurveyPrior(country=country, organisation=cast.organisations["laa"])
    result = run_prior(inputs, CONFIG)
    return save_result(prior, result, ids, by=by or cast.actor("noy"))


@pytest.fixture
def prior(cast):
    return save_toy(cast, record_inputs())


@pytest.fixture
def line_prior(cast):
    return save_toy(cast, line_inputs())
