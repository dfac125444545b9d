"""Who opens which page of the hazards, and what they see there."""

from __future__ import annotations

from typing import Any

import pytest

from safelane.core.testing.permissions import Door, PermissionTests, Sight, Subject
from safelane.hazards.testing import hazard_subject


class TestLaoPages(PermissionTests):
    """The subject is an area of the Lao operator, for which Bounmy works."""

    doors = {
        "register": Door(
            "/hazards/",
            others=Sight.EMPTY,
            bounmy=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "past": Door(
            "/hazards/?as_of=2024-12-31",
            others=Sight.EMPTY,
            bounmy=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "past items": Door(
            "/ogc/collections/hazardous-areas/items?as_of=2024-12-31",
            others=Sight.EMPTY,
            bounmy=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "record": Door(
            "/hazards/{uid}/",
            bounmy=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "report": Door(
            "/hazards/reports/{report}/",
            others=Sight.REFUSED,
            aysel=Sight.HIDDEN,
            bounmy=Sight.EXACT,
            nobody=Sight.SIGN_IN,
        ),
        "new report": Door(
            "/hazards/reports/new/?hazard={uid}",
            others=Sight.REFUSED,
            aysel=Sight.HIDDEN,
            bounmy=Sight.EXACT,
            nobody=Sight.SIGN_IN,
        ),
        "overlaps": Door(
            "/hazards/overlaps/",
            others=Sight.EMPTY,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "queue": Door(
            "/hazards/review/",
            others=Sight.REFUSED,
            aysel=Sight.EMPTY,
            nobody=Sight.SIGN_IN,
        ),
        "withdraw": Door(
            "/hazards/reports/{report}/step/withdraw_approved/",
            method="post",
            data={"reason": "wrong"},
            others=Sight.REFUSED,
            aysel=Sight.HIDDEN,
            nobody=Sight.SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        return hazard_subject(cast, "laos")


class TestCambodianPages(PermissionTests):
    """The subject is an area of the Cambodian authority, whose reader Chan is."""

    doors = {
        "register": Door(
            "/hazards/",
            others=Sight.EMPTY,
            chan=Sight.COARSE,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "record": Door(
            "/hazards/{uid}/",
            chan=Sight.COARSE,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "past": Door(
            "/hazards/{uid}/?as_of=2024-12-31",
            chan=Sight.COARSE,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "past items": Door(
            "/ogc/collections/hazardous-areas/items?as_of=2024-12-31",
            others=Sight.EMPTY,
            chan=Sight.COARSE,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "overlaps": Door(
            "/hazards/overlaps/",
            others=Sight.EMPTY,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "report": Door(
            "/hazards/reports/{report}/",
            others=Sight.REFUSED,
            aysel=Sight.HIDDEN,
            bounmy=Sight.HIDDEN,
            nobody=Sight.SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        return hazard_subject(cast, "cambodia")


class TestAzerbaijaniPages(PermissionTests):
    """The subject is an area that Aysel, the information manager, answers for."""

    doors = {
        "register": Door(
            "/hazards/",
            others=Sight.EMPTY,
            aysel=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "record": Door(
            "/hazards/{uid}/",
            aysel=Sight.EXACT,
            dara=Sight.REFUSED,
            eve=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
        "reports": Door(
            "/hazards/reports/",
            others=Sight.REFUSED,
            aysel=Sight.EXACT,
            bounmy=Sight.EMPTY,
            nobody=Sight.SIGN_IN,
        ),
        "report": Door(
            "/hazards/reports/{report}/",
            others=Sight.REFUSED,
            aysel=Sight.EXACT,
            bounmy=Sight.HIDDEN,
            nobody=Sight.SIGN_IN,
        ),
        "withdraw": Door(
            "/hazards/reports/{report}/step/withdraw_approved/",
            method="post",
            data={"reason": "reported twice"},
            others=Sight.REFUSED,
            aysel=Sight.DONE,
            bounmy=Sight.HIDDEN,
            nobody=Sight.SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        return hazard_subject(cast, "azerbaijan")
