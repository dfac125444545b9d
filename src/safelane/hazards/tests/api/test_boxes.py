"""Survey boxes through the API: written in reports, read as they hold."""

import json
from datetime import date

import pytest

from safelane.core.geo.entry.grid import GridBox, squares
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.testing.permissions import Door, PermissionTests, Sight
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import BoxInput, ReportInput
from safelane.hazards.models import HazardReport, SurveyBox
from safelane.hazards.testing import hazard_subject

BOX = GridBox(32648, 50, 6221, 42930)
(OUTLINE,) = squares([BOX])
EXACT, COARSE, EMPTY = Sight.EXACT, Sight.COARSE, Sight.EMPTY
ROLELESS = {"dara": Sight.REFUSED, "eve": Sight.REFUSED, "nobody": Sight.SIGN_IN}
LIST = "/api/v1/survey-boxes"


class TestAzerbaijaniBoxes(PermissionTests):
    doors = {
        "list": Door(LIST, aysel=EXACT, others=EMPTY, **ROLELESS),
        "past": Door(f"{LIST}?as_of=2025-01-01", aysel=EXACT, others=EMPTY, **ROLELESS),
        "result": Door(
            f"{LIST}?result=fragments", aysel=EXACT, others=EMPTY, **ROLELESS
        ),
        "one": Door(f"{LIST}/{{box}}", aysel=EXACT, **ROLELESS),
    }

    @pytest.fixture
    def subject(self, cast):
        subject = hazard_subject(cast, "azerbaijan")
        subject.shown = subject.secrets[-1]  # the grid number
        return subject


class TestCambodianBoxes(PermissionTests):
    """Chan sees that there is a box in a cell, not which one and not its result."""

    doors = {
        "list": Door(LIST, chan=COARSE, others=EMPTY, **ROLELESS),
        "result": Door(f"{LIST}?result=fragments", others=EMPTY, **ROLELESS),
        "one": Door(f"{LIST}/{{box}}", chan=COARSE, **ROLELESS),
    }

    @pytest.fixture
    def subject(self, cast):
        subject = hazard_subject(cast, "cambodia")
        subject.shown, subject.secrets = "KHA", (*subject.secrets, "fragments")
        return subject


def send(client, cast, *boxes, day="2026-03-01"):
    body = {
        "organisation": str(cast.organisations["lao"].uid),
        "date_of_information": day,
        "boxes": boxes,
    }
    return client.post(
        "/api/v1/reports", json.dumps(body), content_type="application/json"
    )


@pytest.mark.parametrize(
    "place",
    [
        {"grid_number": BOX.number},
        {"geometry": OUTLINE.__geo_interface__},
        {"geometry": OUTLINE.centroid.__geo_interface__},
        {"geometry": OUTLINE.__geo_interface__, "grid_number": BOX.number},
    ],
)
def test_a_report_names_its_box_in_several_ways(clients, cast, place):
    answer = send(clients["bounmy"], cast, {"result": "nothing_found", **place})
    assert answer.status_code == 201, answer.json()
    box = HazardReport.objects.get().boxes.get()
    assert (box.grid_number, box.size_m) == (BOX.number, 50)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ({"result": "nothing_found"}, "invalid-input"),
        ({"result": "nothing_found", "grid_number": "box 7"}, "invalid-input"),
        ({"result": "safe", "grid_number": BOX.number}, "unknown-code"),
        (
            {
                "result": "nothing_found",
                "geometry": {"type": "Point", "coordinates": [103.2, 19.4]},
            },
            "off-grid",
        ),
        (
            {
                "result": "nothing_found",
                "geometry": OUTLINE.__geo_interface__,
                "grid_number": "48N-6222-42930",
            },
            "invalid-input",
        ),
    ],
)
def test_what_is_no_box_is_refused(clients, cast, box, code):
    answer = send(clients["bounmy"], cast, box)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(code), answer.json()
    assert not SurveyBox.objects.exists()


def test_a_box_twice_in_one_report_is_refused(clients, cast):
    box = {"grid_number": BOX.number, "result": "nothing_found"}
    answer = send(clients["bounmy"], cast, box, box)
    assert answer.status_code == 422
    assert "stands twice" in answer.json()["detail"]


def test_the_list_holds_what_held_then(clients, cast):
    owner = cast.organisations["lao"]
    registration = Registration(owner, cast.countries["laos"], "", "survey")
    reports = [
        ReportInput(
            date_of_information=day,
            boxes=(BoxInput(box=BOX, result=result),),
        )
        for day, result in (
            (date(2024, 6, 1), "submunition"),
            (date(2024, 5, 1), "nothing_found"),
        )
    ]
    register_approved(reports, registration, by=system_actor("tests"))

    def listed(query=""):
        items = clients["bounmy"].get(f"{LIST}{query}").json()["items"]
        return [(item["grid_number"], item["result"]) for item in items]

    assert listed() == [(BOX.number, "submunition")]
    assert listed("?as_of=2024-05-15") == [(BOX.number, "nothing_found")]
    assert listed("?as_of=2024-04-15") == []
    assert listed("?result=nothing_found") == []
    assert listed("?bbox=103.2,19.4,103.21,19.41") == listed()
    assert listed("?bbox=104,19.4,104.1,19.41") == []
