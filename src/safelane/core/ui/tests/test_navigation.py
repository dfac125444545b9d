"""Navigation shows what the actor may open and marks where one is."""

from __future__ import annotations

import pytest

from safelane.core.scope.actor import PUBLIC, Actor, Grant
from safelane.core.ui.context import NavItem, _best_match


def actor(*verbs: str) -> Actor:
    grant = Grant(frozenset(verbs), "organisation", 1, None)
    return Actor(kind="person", user_id=1, name="Bounmy", grants=(grant,))


def test_needs_the_verb() -> None:
    item = NavItem("Register", "home", "map-2", "hazard.view")
    assert item.shown_to(actor("hazard.*"))
    assert not item.shown_to(actor("accident.view"))
    assert not item.shown_to(PUBLIC)


def test_without_a_verb_needs_somebody_signed_in() -> None:
    item = NavItem("Home", "home", "home")
    assert item.shown_to(actor())
    assert not item.shown_to(PUBLIC)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "/"),
        ("/hazards/", "/hazards/"),
        ("/hazards/review/", "/hazards/review/"),
        ("/hazards/0af/", "/hazards/"),
        ("/elsewhere/", None),
    ],
)
def test_the_longest_address_is_current(path: str, current: str | None) -> None:
    assert _best_match(["/", "/hazards/", "/hazards/review/"], path) == current
