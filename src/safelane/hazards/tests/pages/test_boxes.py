"""Survey boxes on the pages: entered in a report, shown on record, report and map."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from safelane.core.geo.entry.grid import box_holding
from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.core.testing.permissions import Door, PermissionTests, Sight, Subject
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import BoxInput, ReportInput
from safelane.hazards.models import HazardReport, SurveyBox
from safelane.hazards.testing import hazard_subject, register_area
from safelane.hazards.tests.pages.test_report_entry import NEW, fields, rows

PLACE = "19.45, 103.06"
BOX = box_holding(103.06, 19.45, 50)


@pytest.fixture
def bounmy(clients: dict[str, Client]) -> Client:
    return clients["bounmy"]


def sent(client: Client, **row: str) -> Any:
    row = {"place": BOX.number, "result": "nothing_found", "size_m": "50"} | row
    return client.post(NEW, fields(reference="") | rows("boxes", row))


@pytest.mark.parametrize(
    ("place", "kept"),
    [(BOX.number, ""), (PLACE, PLACE), (" 48n 10065 43039 ", None)],
)
def test_a_box_is_named_by_number_or_by_a_place_in_it(
    bounmy: Client, place: str, kept: str | None
) -> None:
    answer = sent(bounmy, place=place, searched_percent="80", searched_on="2024-04-30")
    assert answer.status_code == 302, answer.context["editor"].boxes.errors
    box = HazardReport.objects.get().boxes.get()
    if kept is not None:
        assert (box.grid_number, box.position_text) == (BOX.number, kept)
    assert (box.result, box.searched_percent, box.size_m) == ("nothing_found", 80, 50)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"place": "near the temple"}, "not understood"),
        ({"result": "safe"}, "Select a valid choice"),
        ({"searched_percent": "101"}, "less than or equal to 100"),
    ],
)
def test_says_what_is_wrong_with_a_box(
    bounmy: Client, wrong: dict[str, str], message: str
) -> None:
    answer = sent(bounmy, **wrong)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not SurveyBox.objects.exists()


def test_the_same_box_twice_is_refused(bounmy: Client) -> None:
    row = {"place": BOX.number, "result": "nothing_found", "size_m": "50"}
    twice = rows("boxes", row, row | {"place": PLACE})
    answer = bounmy.post(NEW, fields(reference="") | twice)
    assert answer.status_code == 422
    assert "stands twice" in answer.content.decode()


def test_a_draft_keeps_its_boxes_when_it_is_edited(bounmy: Client) -> None:
    sent(bounmy, place=PLACE, description="dense bamboo")
    report = HazardReport.objects.get()
    address = f"/hazards/reports/{report.uid}/edit/"
    page = bounmy.get(address)
    (form,) = page.context["editor"].boxes.forms
    again = {name: form[name].value() or "" for name in form.fields if name != "DELETE"}
    changed = rows("boxes", again | {"result": "fragments"})
    changed["boxes-INITIAL_FORMS"] = "1"
    changed["version"] = page.context["version"]
    bounmy.post(address, fields(reference="") | changed)
    box = report.boxes.get()
    assert (box.result, box.description) == ("fragments", "dense bamboo")
    assert box.position_text == PLACE


def test_an_untouched_row_is_no_box(bounmy: Client) -> None:
    new = bounmy.get(NEW).context["editor"].boxes.empty_form
    assert new["result"].value() is None  # a result is chosen, never taken by default
    untouched = rows("boxes", {"place": "", "result": "", "size_m": "50"})
    answer = bounmy.post(NEW, fields(kind="sha") | untouched)
    assert answer.status_code == 302
    assert not SurveyBox.objects.exists()


def test_a_report_shows_its_boxes_on_list_and_map(bounmy: Client) -> None:
    page = bounmy.get(sent(bounmy)["Location"])
    text = page.content.decode()
    assert BOX.number in text
    assert "Green: searched, nothing found" in text
    (layer,) = [x for x in page.context["map"]["layers"] if x["kind"] == "boxes"]
    (feature,) = layer["data"]["features"]
    assert feature["properties"]["result"] == "nothing_found"
    assert {one["letter"] for one in layer["classes"]} == set("SFUNX")


def test_the_record_shows_the_boxes_that_held_then(cast: Any, bounmy: Client) -> None:
    hazard = register_area(cast, "laos", "L-1")
    box = hazard.boxes.get()
    again = BoxInput(
        box=box_holding(*box.geometry.centroid.coords[0], 50), result="submunition"
    )
    registration = Registration(
        cast.organisations["lao"], cast.countries["laos"], "", "made for tests"
    )
    later = ReportInput(date_of_information=date(2025, 3, 1), boxes=(again,))
    register_approved([later], registration, by=system_actor("tests"))

    def results(query: str) -> list[str]:
        page = bounmy.get(f"/hazards/{hazard.uid}/{query}")
        return [row.result for row in page.context["boxes"]]

    assert results("") == ["submunition"]
    assert results("?as_of=2024-12-31") == ["fragments"]
    headers = {"HX-Request": "true", "HX-Target": "state"}
    part = bounmy.get(f"/hazards/{hazard.uid}/?as_of=2024-12-31", headers=headers)
    assert "Yellow: fragments" in part.content.decode()


def layers_of(client: Client, query: str = "") -> list[dict[str, Any]]:
    page = client.get(f"/hazards/{query}")
    return [x for x in page.context["map"]["layers"] if x["kind"] == "boxes"]


def test_the_map_of_the_register_shows_boxes_where_there_are_some(
    cast: Any, bounmy: Client
) -> None:
    assert layers_of(bounmy) == []
    register_area(cast, "laos", "L-1")
    (layer,) = layers_of(bounmy)
    assert layer["tiles"] == "/tiles/survey-boxes/{z}/{x}/{y}.mvt"
    labels = {one["key"]: one["label"] for one in layer["classes"]}
    assert labels["LAO-nothing_found"] == "Green: searched, nothing found"
    (past,) = layers_of(bounmy, "?as_of=2024-12-31")
    assert past["tiles"].endswith(".mvt?as_of=2024-12-31")


def test_no_wording_calls_a_box_safe() -> None:
    from safelane.countries import available_packs, load_pack

    for name in available_packs():
        for code in load_pack(name).code_list("survey_box_result").codes:
            label = code.labels["en"].lower()
            assert not {"safe", "clear", "free"} & set(label.replace(":", "").split())


class TestLaoRecord(PermissionTests):
    doors = {
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
    }

    @pytest.fixture
    def subject(self, cast: Any) -> Subject:
        subject = hazard_subject(cast, "laos")
        subject.shown = subject.secrets[-1]  # the grid number
        return subject
