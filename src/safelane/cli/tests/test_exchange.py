"""What a file is imported for, as it is named on the command line."""

import json

import pytest

from safelane.cli.exchange import _begin
from safelane.core.errors import InvalidInput, NotFound
from safelane.core.scope import system_actor
from safelane.organisations.actions import create_country, create_organisation

pytestmark = pytest.mark.django_db
NO_CHOICE = ("", "", "")


@pytest.fixture
def regional():
    """Register an organisation that belongs to no country, and two countries."""
    by = system_actor()
    for name in ("laos", "azerbaijan"):
        create_country(name, by=by)
    return create_organisation("Regional Centre", "RC", "regional", country=None, by=by)


@pytest.fixture
def places(tmp_path):
    point = {"type": "Point", "coordinates": [103.2, 19.4]}
    rows = [{"type": "Feature", "geometry": point, "properties": {"name": "Ban Na"}}]
    path = tmp_path / "places.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def test_a_country_is_named_by_its_code(regional, places):
    run = _begin(places, "places", ("RC", "lao"), NO_CHOICE)
    assert (run.organisation, run.country.code) == (regional, "LAO")


def test_no_country_is_guessed(regional, places):
    with pytest.raises(InvalidInput, match="country"):
        _begin(places, "places", ("RC", ""), NO_CHOICE)


def test_an_unknown_country_is_answered_with_the_known_ones(regional, places):
    with pytest.raises(NotFound, match="AZE, LAO"):
        _begin(places, "places", ("RC", "ZZZ"), NO_CHOICE)
