"""Who gets which answer about survey boxes from OGC API, tiles and exports."""

from __future__ import annotations

import math
from typing import Any

import pytest

from safelane.core.testing.permissions import Door, PermissionTests, Sight, Subject
from safelane.hazards.models import SurveyBox
from safelane.hazards.testing import hazard_subject

EXACT, COARSE, EMPTY = Sight.EXACT, Sight.COARSE, Sight.EMPTY
ROLELESS = {"dara": Sight.REFUSED, "eve": Sight.REFUSED, "nobody": Sight.SIGN_IN}
ITEMS = "/ogc/collections/survey-boxes/items"
TILE = "/tiles/survey-boxes/15/{x}/{y}.mvt"


def box_subject(cast: Any, country: str) -> Subject:
    """Return a box with the tile in which its middle lies."""
    subject = hazard_subject(cast, country)
    box = SurveyBox.objects.get(uid=subject.names["box"])
    lon, lat = box.geometry.centroid.coords[0]
    side = 1 << 15
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    subject.names |= {"x": int((lon + 180) / 360 * side), "y": int(down * side)}
    subject.shown = box.grid_number
    return subject


class TestAzerbaijaniBoxes(PermissionTests):
    doors = {
        "items": Door(ITEMS, aysel=EXACT, others=EMPTY, **ROLELESS),
        "result": Door(
            f"{ITEMS}?result=fragments", aysel=EXACT, others=EMPTY, **ROLELESS
        ),
        "item": Door(f"{ITEMS}/{{box}}", aysel=EXACT, **ROLELESS),
        "tile": Door(TILE, aysel=EXACT, others=EMPTY, **ROLELESS),
        "past tile": Door(
            f"{TILE}?as_of=2025-01-01", aysel=EXACT, others=EMPTY, **ROLELESS
        ),
        "tile before all": Door(f"{TILE}?as_of=2024-01-01", others=EMPTY, **ROLELESS),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        return box_subject(cast, "azerbaijan")


class TestCambodianBoxes(PermissionTests):
    """Chan reads at 1 km: a cell never wears the result of one box."""

    doors = {
        "items": Door(ITEMS, chan=COARSE, others=EMPTY, **ROLELESS),
        "number": Door(f"{ITEMS}?size_m=50", chan=COARSE, others=EMPTY, **ROLELESS),
        "item": Door(f"{ITEMS}/{{box}}", chan=COARSE, **ROLELESS),
        "tile": Door(TILE, chan=COARSE, others=EMPTY, **ROLELESS),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        subject = box_subject(cast, "cambodia")
        subject.shown = "KHM"
        subject.secrets = (*subject.secrets, "fragments")
        return subject


def test_a_result_finds_nothing_that_is_shown_coarsely(clients: Any, cast: Any) -> None:
    box_subject(cast, "cambodia")
    for condition, matched in (("size_m=50", 1), ("result=fragments", 0)):
        page = clients["chan"].get(f"{ITEMS}?{condition}").json()
        assert page["numberMatched"] == matched


class TestBoxExport(PermissionTests):
    """The page of exports offers boxes to whom they may be handed out."""

    doors = {
        "page": Door(
            "/exchange/export/",
            aysel=EXACT,
            chan=EMPTY,
            others=Sight.REFUSED,
            nobody=Sight.SIGN_IN,
        ),
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        subject = box_subject(cast, "azerbaijan")
        subject.shown = "survey-boxes"
        return subject
