"""Looking at an outline before anything is saved."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from safelane.hazards.models import HazardReport
from safelane.hazards.testing import area_at, register_area
from safelane.hazards.tests.pages.test_report_entry import (
    CORNERS,
    CROSSED,
    NEW,
    fields,
    rows,
)

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


def test_long_sides_are_told_in_the_words_of_the_rule(clients: Any) -> None:
    far = "19.40, 103.05\n19.40, 103.11\n19.41, 103.11\n19.41, 103.05"
    text = check(clients["bounmy"], far)
    assert "2 sides are longer than 5000 m, the longest" in text
    sent = fields(kind="sha", outline__method="typed", outline__typed=far)
    assert clients["bounmy"].post("/hazards/reports/new/", sent).status_code == 302


def test_a_field_table_is_judged_by_the_rules_of_the_country(clients: Any) -> None:
    legs = [
        ("start_point", 90, 30),
        *(("turning_point", b, 80) for b in (90, 180, 270)),
    ]
    table = rows(
        "points",
        {"kind": "benchmark", "label": "BM", "position": "19.45, 103.06"},
        *({"kind": k, "bearing": b, "distance_m": m} for k, b, m in legs),
        {"kind": "start_point", "bearing": 0, "distance_m": 70},
    )
    data = fields(outline__method="traverse") | table
    text = clients["bounmy"].post(URL, data).content.decode()
    assert "4 pairs of points are more than 50 m apart" in text
    assert "misses its start by 10" in text and "3.1 m are allowed" in text


def test_an_outline_of_a_file_that_nobody_redraws_stays_of_the_file(
    clients: Any,
) -> None:
    bounmy = clients["bounmy"]
    text = shapely.to_geojson(area_at("laos"))
    file = SimpleUploadedFile("area.geojson", text.encode())
    bounmy.post(NEW, fields(kind="sha", outline__method="file", outline__file=file))
    report = HazardReport.objects.get()
    edit = f"/hazards/reports/{report.uid}/edit/"
    page = bounmy.get(edit)
    form = page.context["editor"].outline_form
    held = {f"outline__{n}": form[n].value() for n in ("method", "drawn")}
    sent = fields(kind="sha", version=page.context["version"], **held)
    assert bounmy.post(edit, sent).status_code == 302
    report.refresh_from_db()
    assert (report.geometry_method, report.geometry_text) == ("file", "area.geojson")
    moved = shapely.to_geojson(shapely.affinity.translate(area_at("laos"), 0.001))
    version = bounmy.get(edit).context["version"]
    sent |= {"version": version, "outline-drawn": moved}
    assert bounmy.post(edit, sent).status_code == 302
    report.refresh_from_db()
    assert (report.geometry_method, report.geometry_text) == ("drawn", "")
