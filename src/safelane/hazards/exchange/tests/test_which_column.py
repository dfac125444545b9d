"""Which column is what: nothing comes of a column that means something else."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from safelane.core.jobs.worker import run_waiting_jobs
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
