"""How exactly finds are shown by roles that name only some classes of data."""

import pytest

from safelane.core.scope import Grant, Precision
from safelane.hazards.policies import EvidencePolicy, OrdnancePolicy, SurveyBoxPolicy

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
