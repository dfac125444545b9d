"""One accident of each pilot country with two victims, approved by the usual steps."""

from datetime import date

import pytest

from safelane.accidents.tests.steps import approved, claims


@pytest.fixture
def azerbaijan(cast):
    """Return an approved accident of the Azerbaijani authority."""
    return approved(cast, "azo", claims("AZ-ACC-1", lon=47.1234, lat=39.4567))


@pytest.fixture
def laos(cast):
    """Return an approved accident of the Lao operator."""
    day = date(2025, 5, 3)
    return approved(cast, "lao", claims("LA-ACC-1", lon=103.1, lat=19.4, day=day))
