"""How exactly finds are shown by roles that name only some classes, and to whom."""

from dataclasses import replace

import pytest

from safelane.core.scope import Grant, Precision
from safelane.hazards.models import Evidence
from safelane.hazards.policies import EvidencePolicy, OrdnancePolicy, SurveyBoxPolicy
from safelane.hazards.testing import create_report
from safelane.hazards.tests.conftest import claims, submunition

FINDS = (EvidencePolicy, OrdnancePolicy, SurveyBoxPolicy)


def grant(**precision):
    levels = tuple((name, level) for name, level in precision.items())
    return Grant(frozenset({"*"}), "all", None, None, precision=levels)


@pytest.mark.parametrize("policy", FINDS)
def test_nothing_found_on_land_is_shown_more_exactly_than_the_land(policy):
    assert policy.level(grant()) == Precision.EXACT
    assert policy.level(grant(hazard=Precision.CELL)) == Precision.CELL
    both = {"hazard": Precision.DISTRICT, policy.data_class: Precision.CELL}
    assert policy.level(grant(**both)) == Precision.DISTRICT
    finer = {"hazard": Precision.EXACT, policy.data_class: Precision.CELL}
    assert policy.level(grant(**finer)) == Precision.CELL


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status"), [("bounmy", 200), ("keo", 200), ("noy", 404), ("vanh", 404)]
)
def test_evidence_of_a_draft_is_open_to_its_organisation_alone(
    cast, actors, clients, name, status
):
    """The authority reads the operator's reports, and their finds once approved."""
    said = replace(claims(geometry=None), evidence=(submunition(),))
    create_report(said, organisation=cast.organisations["lao"], by=actors["bounmy"])
    address = f"/api/v1/evidence/{Evidence.objects.get().uid}"
    assert clients[name].get(address).status_code == status
