"""Looking at an outline before anything is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from safelane.hazards.models import HazardReport
from safelane.hazards.testing import register_area
from safelane.hazards.tests.pages.test_report_entry import CORNERS, CROSSED, fields

URL = "/hazards/outline/"


def check(client: Client, text: str) -> str:
    data = fields(outline__method="typed", outline__typed=text)
    answer = client.post(URL, data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_tells_area_and_corners(clients: dict[str, Client]) -> None:
    text = check(clients["bounmy"], CORNERS)
    assert "4.65 ha" in text
    assert "48N" in text or "48Q" in text
    assert not HazardReport.objects.exists()


def test_tells_what_is_wrong(clients: dict[str, Client]) -> None:
    assert "crosses itself" in check(clients["bounmy"], CROSSED)


def test_a_new_check_takes_the_place_of_the_fault_that_refused(clients: Any) -> None:
    place = 'id="outline-faults"'
    refused = fields(outline__method="typed", outline__typed=CROSSED)
    page = clients["bounmy"].post("/hazards/reports/new/", refused).content.decode()
    assert "crosses itself" in page.split(place)[1].split("</div>")[0]
    assert f'{place} hx-swap-oob="true"></div>' in check(clients["bounmy"], CORNERS)


def test_tells_which_areas_share_the_ground(cast: Any, clients: Any) -> None:
    hazard = register_area(cast, "laos", "L-1")
    west, south, east, north = hazard.geometry.bounds
    same = f"{south},{west}\n{south},{east}\n{north},{east}\n{north},{west}"
    assert "L-1" in check(clients["bounmy"], same)


@pytest.mark.parametrize("person", ["chan", "dara", "eve"])
def test_only_those_who_report_may_ask(clients: Any, person: str) -> None:
    assert clients[person].post(URL, fields()).status_code == 403
