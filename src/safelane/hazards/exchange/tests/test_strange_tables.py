"""Positions, systems, decimals and units of tables, by the page as it proposes them."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.models import ImportRun
from safelane.exchange.tests.tables import HEADINGS, HERE, TABLES, Table
from safelane.hazards.exchange.tests.test_pages import client_of, form_of
from safelane.hazards.models import HazardousArea


def bring_in(field: Any, text: str, **chosen: str) -> tuple[str, str]:
    """Import a table as the page proposes; return what page and report say."""
    client = client_of(field.manager)
    sent = {"file": SimpleUploadedFile("areas.csv", text.encode()), "target": "hazards"}
    sent["organisation"] = field.authority.pk
    url = client.post(reverse("exchange:imports"), sent)["Location"]
    shown = client.get(url)
    data = form_of(shown) | {"mode": "skip", "reason": "Register", "step": "import"}
    client.post(url, data | chosen)
    run_waiting_jobs()
    assert ImportRun.objects.get().stage == "done"
    report = client.get(url).content.decode()
    return unescape(shown.content.decode()), unescape(report)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_a_person_would(field: Any, name: str) -> None:
    table: Table = TABLES[name]
    _shown, report = bring_in(field, table.text("T"))
    found = {area.reference: area for area in HazardousArea.objects.all()}
    for n, (place, size) in enumerate(zip(table.places, table.sizes, strict=True)):
        area = found.get(f"T-{n}")
        where = area and area.geometry and (area.geometry.x, area.geometry.y)
        assert where == (place and pytest.approx(place, abs=2e-4))
        assert (area and area.stated_area_m2) == (size and pytest.approx(size))
    assert [words for words in table.said if words not in report] == []
    assert table.said or "is proposed" not in report


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_number_comes_in_by_the_unit_over_it_or_not_at_all(
    field: Any, heading: str
) -> None:
    table = Table(f"Lat;Lon;{heading}", ("19.43;103.21;3",), (HERE,))
    shown, _report = bring_in(field, table.text("T", "\t"))
    (area,) = HazardousArea.objects.all()
    size = HEADINGS[heading]
    assert area.stated_area_m2 == (size and pytest.approx(size))
    assert area.extra == ({} if size else {heading: "3"})
    assert (f"“{heading}” is not taken for" in shown) == (size is None)


@pytest.mark.django_db(transaction=True)
def test_a_person_who_takes_a_strange_unit_is_told_how_it_is_read(field: Any) -> None:
    text = TABLES["unknown unit"].text("T")
    chosen = {"column-stated_area_m2": "Area (feddan)"}
    _shown, report = bring_in(field, text, **chosen)
    assert HazardousArea.objects.get(reference="T-0").stated_area_m2 == 3
    assert "“3” is read as 3.0: the unit in the name of the column" in report


@pytest.mark.django_db(transaction=True)
def test_what_a_row_calls_its_system_stays_with_it(field: Any) -> None:
    bring_in(field, TABLES["datum"].text("T"))
    area = HazardousArea.objects.get(reference="T-1")
    assert area.extra == {"GPS datum": "Indian 1960"}


@pytest.mark.django_db(transaction=True)
def test_the_key_of_another_system_stays_with_the_area(field: Any) -> None:
    table = Table("Lat;Lon;GlobalID", ("19.43;103.21;{AB-12}",), (HERE,))
    bring_in(field, table.text("T"))
    (area,) = HazardousArea.objects.all()
    assert area.extra == {"external_id": "{AB-12}"}


@pytest.mark.django_db(transaction=True)
def test_the_system_that_a_person_chooses_holds_over_a_heading(field: Any) -> None:
    text = TABLES["heading"].text("T")
    client = client_of(field.manager)
    sent = {"file": SimpleUploadedFile("areas.csv", text.encode()), "target": "hazards"}
    sent["organisation"] = field.authority.pk
    url = client.post(reverse("exchange:imports"), sent)["Location"]
    client.post(url, {"step": "read", "layer": "", "crs": "EPSG:4326"})
    run = ImportRun.objects.get()
    assert run.mapping["geometry"]["crs"] == "EPSG:4326"
    assert "crs-overruled" in [code for code, _said in run.info["notes"]]
