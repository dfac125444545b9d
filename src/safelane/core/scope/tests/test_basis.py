"""What was made by a grant is open only while that grant is in force."""

from dataclasses import replace

import pytest

from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.core.scope.basis import basis_of, holds, verb_in

VERB = "hazard.export"
WIDE = Grant(
    verbs=frozenset({"hazard.view", VERB}),
    reach="country",
    organisation_id=1,
    country_id=2,
    area_path="/3/",
    precision=(("hazard", Precision.CELL),),
    home_organisation_id=1,
)


def actor(*grants):
    return Actor(kind="person", user_id=7, grants=grants)


BASIS = basis_of(actor(WIDE), VERB)


def test_what_is_in_force_holds():
    assert holds(actor(WIDE), BASIS)
    assert verb_in(BASIS) == VERB


@pytest.mark.parametrize(
    "change",
    [
        {"verbs": frozenset({"hazard.view"})},
        {"verbs": frozenset({"accident.*"})},
        {"organisation_id": 9},
        {"home_organisation_id": 9},
        {"country_id": 9},
        {"reach": "organisation"},
        {"area_path": "/3/4/"},
        {"precision": (("hazard", Precision.DISTRICT),)},
    ],
)
def test_less_than_at_the_making_does_not_hold(change):
    assert not holds(actor(replace(WIDE, **change)), BASIS)


@pytest.mark.parametrize(
    "change",
    [
        {"verbs": frozenset({"hazard.*"})},
        {"verbs": frozenset({"*"})},
        {"reach": "all"},
        {"area_path": ""},
        {"precision": ()},
    ],
)
def test_more_than_at_the_making_holds(change):
    assert holds(actor(replace(WIDE, **change)), BASIS)


def test_each_of_several_grants_is_needed():
    other = replace(WIDE, organisation_id=5, home_organisation_id=5)
    basis = basis_of(actor(WIDE, other), VERB)
    assert holds(actor(other, WIDE), basis)
    assert not holds(actor(WIDE), basis)
    assert not holds(actor(other), basis)


def test_nothing_holds_for_nobody_and_what_nobody_made():
    assert not holds(actor(), BASIS)
    assert not holds(actor(), basis_of(actor(), VERB))
    assert basis_of(system_actor(), VERB) == ""
    assert not holds(actor(WIDE), "")
