"""Which column is what: nothing comes of a column that means something else."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.actions import choose_mapping
from safelane.exchange.imports import runner
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.test_pages import client_of, form_of
from safelane.hazards.exchange.tests.test_strange_tables import bring_in
from safelane.hazards.models import HazardousArea

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "Date;Lat;Lon", "2024-03-15;19.43;103.21"


def table(heads: str, *rows: str) -> str:
    lines = [f"{PLACE[0]};{heads}", *(f"{PLACE[1]};{row}" for row in rows)]
    return "\n".join([*lines, ""])


def test_words_of_another_column_never_become_the_status(field: Any) -> None:
    heads = "Reference;School;Status of road;Status before;Survey;Flood risk"
    rows = ("A;Open;Open;Open;Ongoing;High", "B;Closed;Closed;Closed;Completed;Low")
    shown, _report = bring_in(field, table(heads, *rows))
    said = "“School” (Status), “Status of road” (Status), “Status before” (Status), "
    assert f"{said}“Survey” (Status), “Flood risk” (Priority)" in shown
    for area in HazardousArea.objects.all():
        assert (area.status, area.priority) == ("", "")
        assert {*area.extra} == {*heads.split(";")[1:]}


def test_a_column_that_a_person_chooses_is_not_asked_about_again(field: Any) -> None:
    client = client_of(field.manager)
    text = table("Reference;Land now", "A;Open", "B;Closed")
    sent = {"file": SimpleUploadedFile("a.csv", text.encode()), "target": "hazards"}
    sent["organisation"] = field.authority.pk
    url = client.post(reverse("exchange:imports"), sent)["Location"]
    shown = client.get(url)
    assert "“Land now” (Status)" in unescape(shown.content.decode())
    data = form_of(shown) | {"column-status": "Land now", "reason": "Register"}
    client.post(url, data | {"step": "import"})
    run_waiting_jobs()
    assert "Land now” (Status)" not in unescape(client.get(url).content.decode())
    found = HazardousArea.objects.order_by("reference").values_list("status", flat=True)
    assert list(found) == ["open", "closed"]


def test_people_villages_and_births_are_no_name_reference_or_day(field: Any) -> None:
    heads = "HA number;Code of village;Date of birth;Name of team leader"
    text = table(heads, "7;V1;1980-01-01;Somchai")
    shown, _report = bring_in(field, text)
    (area,) = HazardousArea.objects.all()
    assert (area.reference, area.name) == ("7", "")
    assert str(area.last_information) == "2024-03-15"
    assert "“Name of team leader” (Name)" in shown


def test_a_running_number_is_not_the_reference(field: Any) -> None:
    shown, _report = bring_in(
        field, table("OBJECTID;_id;GlobalID;Hazard_ID", "1;7;{AB};LA-1")
    )
    assert HazardousArea.objects.get().reference == "LA-1"
    assert "“Hazard_ID” is taken, not “_id”" in shown


def test_a_word_with_a_question_mark_is_decided_by_a_person(field: Any) -> None:
    text = table("Reference;Status", "A;Closed", "B;Closed?", "C;Cleared ?")
    _shown, report = bring_in(field, text, **{"word-status-Closed?": "open"})
    assert "“Cleared ?” is not in the list" in report
    found = HazardousArea.objects.order_by("reference")
    assert [(a.reference, a.status) for a in found] == [("A", "closed"), ("B", "open")]
    assert ImportRun.objects.get().counts["faulty"] == 1


def sizes() -> dict[str, float]:
    return dict(HazardousArea.objects.values_list("reference", "stated_area_m2"))


def test_what_says_the_unit_is_decided_once_for_a_file(
    field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that come late, with what is no unit, are at fault and no square metres."""
    monkeypatch.setattr(runner, "BATCH_ROWS", 3)
    rows = [f"U{n};2.5;ha" for n in range(6)] + [f"V{n};2.5;Hect." for n in range(3)]
    shown, _report = bring_in(field, table("Reference;Area;Size unit", *rows))
    assert "“Size unit” is read as the unit of “Area”, row by row" in shown
    assert sizes() == {f"U{n}": 25_000 for n in range(6)}
    codes = ImportRun.objects.get().faults.filter(level="error")
    assert [*codes.values_list("row", "code")] == [(n, "number") for n in (8, 9, 10)]


def test_no_operator_becomes_a_unit_however_late_it_comes(
    field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_ROWS", 3)
    rows = [f"U{n};5000;{'MAG' if n < 3 else 'HA'}" for n in range(6)]
    bring_in(field, table("Reference;Area (m2);Team", *rows))
    assert sizes() == {f"U{n}": 5000 for n in range(6)}
    assert HazardousArea.objects.get(reference="U5").extra == {"Team": "HA"}


def test_people_say_which_column_says_the_unit(field: Any) -> None:
    text = table("Reference;Area;Measure", "A;2;ha", "B;7;ha")
    shown, _report = bring_in(field, text)
    assert "unit from column" in shown
    assert "“Measure” stands beside “Area” and holds units, but is not read" in shown
    assert sizes() == {"A": 2, "B": 7}


@pytest.mark.parametrize(("chosen", "size"), [("Measure", 20_000), ("", 2)])
def test_the_unit_chosen_on_the_page_counts(
    field: Any, chosen: str, size: float
) -> None:
    heads = f"Reference;Area;{'Measure' if chosen else 'Unit'}"
    said = {"unit-stated_area_m2": chosen}
    _shown, report = bring_in(field, table(heads, "A;2;ha"), **said)
    assert sizes() == {"A": size}
    assert "as the unit of" not in report and "is not read as its unit" not in report
    kept = ImportRun.objects.get().mapping["fields"]["stated_area_m2"]
    assert kept["unit_column"] == chosen


def test_a_value_for_all_rows_has_no_unit_beside_it(field: Any) -> None:
    said = {"column-stated_area_m2": "", "constant-stated_area_m2": "5000"}
    bring_in(field, table("Reference;Area;Unit", "A;2;ha"), **said)
    assert sizes() == {"A": 5000}


def test_another_column_brings_its_unit_along(field: Any) -> None:
    text = table("Reference;Area;Unit;Size;Size unit", "A;2;ha;3;ha")
    client = client_of(field.manager)
    sent = {"file": SimpleUploadedFile("a.csv", text.encode()), "target": "hazards"}
    sent["organisation"] = field.authority.pk
    url = client.post(reverse("exchange:imports"), sent)["Location"]
    asked = {"step": "row", "row": "stated_area_m2", "column-stated_area_m2": "Size"}
    row = client.post(url, asked).content.decode()
    assert '<option value="Size unit" selected>' in row
    # What was kept before anybody was asked takes the unit as it is found.
    old = ImportRun.objects.get().mapping
    old["fields"]["stated_area_m2"].pop("unit_column")
    said = {"mode": "all", "reason": "Register", "by": field.manager}
    choose_mapping(ImportRun.objects.get(), Mapping.from_json(old), **said)
    kept = ImportRun.objects.get().mapping["fields"]["stated_area_m2"]
    assert kept["unit_column"] == "Unit"
