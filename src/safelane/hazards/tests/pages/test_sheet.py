"""The sheet of an area as PDF, for who sees it exactly, roughly, or not at all."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safelane.core.pages import sheet
from safelane.hazards.models import Evidence, HazardousArea, OrdnanceFound
from safelane.hazards.testing import HIDDEN_NAME, register_area

POINT = "39.4"  # the latitude of all places of the cast's country begins so


@pytest.fixture
def area(cast: Any) -> HazardousArea:
    return register_area(cast, "azerbaijan", "AZ-1", owner="aza")


def words(answer: Any, tmp_path: Path, name: str = "AZ-1") -> str:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="{name}.pdf"'
    file = tmp_path / "sheet.pdf"
    file.write_bytes(answer.content)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


def test_an_exact_reader_gets_all_of_it(area, clients, tmp_path) -> None:
    page = clients["aysel"].get(f"/hazards/{area.uid}/")
    assert f"/hazards/{area.uid}/sheet.pdf" in page.content.decode()
    text = words(clients["aysel"].get(f"/hazards/{area.uid}/sheet.pdf"), tmp_path)
    west, south, _east, _north = area.geometry.bounds
    for said in ("AZ-1", HIDDEN_NAME, f"{south:.6f}", f"{west:.6f}", "Aysel Mammadova"):
        assert said in text
    assert "Direct" in text and "ubmunition" in text
    assert "last information" in text and "None is open" not in text


def test_a_reader_of_districts_is_told_that_places_are_not_open(
    cast, clients, tmp_path
) -> None:
    area = register_area(cast, "azerbaijan", "AZ-1", owner="aza")
    text = words(clients["sevda"].get(f"/hazards/{area.uid}/sheet.pdf"), tmp_path)
    assert "Positions that are not open to your role" in text


def test_who_sees_all_is_told_that_nothing_is_recorded(area, clients, tmp_path) -> None:
    for rows in (Evidence, OrdnanceFound):
        rows.objects.all().delete()
    text = words(clients["aysel"].get(f"/hazards/{area.uid}/sheet.pdf"), tmp_path)
    assert "None is recorded" in text and "None is open" not in text


def test_a_coarse_reader_gets_the_cell_and_no_more(area, clients, tmp_path) -> None:
    text = words(clients["rena"].get(f"/hazards/{area.uid}/sheet.pdf"), tmp_path)
    assert "Somewhere within" in text and "AZ-1" in text
    assert "None is open to you" in text and "None is recorded" not in text
    assert HIDDEN_NAME not in text and "Direct" not in text
    for edge in area.geometry.bounds:
        assert f"{edge:.4f}"[:7] not in text


@pytest.mark.parametrize("name", ["noy", "rauf", "nobody"])
def test_nobody_else_gets_one(area, clients, client, name) -> None:
    asked = clients.get(name, client) if name != "nobody" else client
    assert asked.get(f"/hazards/{area.uid}/sheet.pdf").status_code in (302, 403, 404)


def test_a_past_day_says_so_and_one_before_all_is_no_sheet(
    area, clients, tmp_path
) -> None:
    url = f"/hazards/{area.uid}/sheet.pdf"
    day = date(2024, 5, 2)
    text = words(clients["aysel"].get(f"{url}?as_of={day}"), tmp_path, f"AZ-1-{day}")
    assert "2024" in text and "AZ-1" in text
    assert clients["aysel"].get(f"{url}?as_of=2024-04-30").status_code == 404


@pytest.mark.parametrize(("most", "said"), [(0, True), (1, False)])
def test_what_is_left_out_of_a_table_is_counted(
    area, clients, tmp_path, monkeypatch, most, said
) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", most)
    text = words(clients["aysel"].get(f"/hazards/{area.uid}/sheet.pdf"), tmp_path)
    assert ("1 more are left out" in text) is said
