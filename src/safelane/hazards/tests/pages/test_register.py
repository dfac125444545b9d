"""The register: filters in the URL, order, past states, saved views."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from safelane.core.pages.keyset import page_of
from safelane.hazards.models import HazardPeriod
from safelane.hazards.testing import register_area
from safelane.organisations.models import SavedView


@pytest.fixture
def areas(cast: Any) -> list[Any]:
    return [
        register_area(cast, "laos", "L-1", kind="sha"),
        register_area(cast, "laos", "L-2", kind="cha", status="closed"),
    ]


def references(answer: Any) -> list[str]:
    return [row.reference for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"L-1", "L-2"}),
        ("?kind=cha", {"L-2"}),
        ("?q=l-1", {"L-1"}),
        ("?status=closed&kind=sha", set()),
        ("?bbox=100,10,101,11", set()),
        ("?as_of=2024-12-31", {"L-1", "L-2"}),
        ("?as_of=2020-01-01", set()),
    ],
)
def test_filters(
    areas: list[Any], clients: dict[str, Client], query: str, shown: set[str]
) -> None:
    answer = clients["bounmy"].get(f"/hazards/{query}")
    assert set(references(answer)) == shown


def test_says_which_filter_cannot_be_read(clients: dict[str, Client]) -> None:
    answer = clients["bounmy"].get("/hazards/?bbox=here")
    assert answer.status_code == 422
    assert "bbox" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/hazards/",
        "/hazards/overlaps/",
        "/hazards/reports/",
        "/accidents/",
        "/accidents/reports/",
        "/organisations/history/",
        "/organisations/",
        "/tiles/hazardous-areas/5/25/14.mvt",
        "/tiles/evidence/5/25/14.mvt",
    ],
)
def test_a_misspelt_filter_is_refused(
    areas: list[Any], clients: dict[str, Client], address: str
) -> None:
    answer = clients["noy"].get(f"{address}?statsu=open")
    assert answer.status_code == 422
    assert "statsu" in answer.content.decode()
    assert clients["noy"].get(address).status_code == 200


def test_sorts_by_heading(areas: list[Any], clients: dict[str, Client]) -> None:
    up = clients["bounmy"].get("/hazards/?sort=reference")
    down = clients["bounmy"].get("/hazards/?sort=-reference")
    assert references(up) == references(down)[::-1] == ["L-1", "L-2"]
    assert 'aria-sort="ascending"' in up.content.decode()


def test_a_reader_cannot_sort_by_exact_area(cast: Any, clients: Any) -> None:
    register_area(cast, "cambodia", "K-1")
    answer = clients["chan"].get("/hazards/?sort=area")
    assert answer.context["sort"] == "-date"


def test_filters_reach_the_tiles(areas: list[Any], clients: Any) -> None:
    answer = clients["bounmy"].get("/hazards/?kind=cha&page=1&sort=reference")
    assert answer.context["map"]["query"] == "kind=cha"


def test_an_active_filter_can_be_taken_away(areas: list[Any], clients: Any) -> None:
    answer = clients["bounmy"].get("/hazards/?kind=cha&q=L")
    urls = {chip["label"]: chip["url"] for chip in answer.context["active_filters"]}
    assert urls["Type"] == "?q=L"


def test_the_past_comes_as_tiles_of_its_dates(
    areas: list[Any], clients: dict[str, Client]
) -> None:
    answer = clients["bounmy"].get("/hazards/?as_of=2024-12-31&known_at=2025-06-01")
    layers = {layer["kind"]: layer for layer in answer.context["map"]["layers"]}
    then = "as_of=2024-12-31&known_at=2025-06-01"
    assert layers["hazards"]["tiles"].startswith("/tiles/hazardous-areas/")
    assert then in answer.context["map"]["query"]
    for kind in ("evidence", "ordnance", "boxes"):
        assert then in layers[kind]["tiles"]
    assert layers["hazards"]["link"].partition("?")[2].startswith(then)


def test_an_empty_register_says_what_to_do(clients: dict[str, Client]) -> None:
    text = clients["bounmy"].get("/hazards/").content.decode()
    assert "Nothing here within your reach" in text
    assert "The register is empty" not in text
    assert "approved reports or by importing" in text
    assert "/hazards/reports/new/" in text


def test_saves_and_forgets_a_view(clients: dict[str, Client]) -> None:
    client = clients["bounmy"]
    kept = {"name": "Mine", "page": "hazards", "query": "kind=cha&after=[3,12]"}
    client.post("/views/save/", kept)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Mine", "kind=cha")
    SavedView.objects.update(query="kind=cha&after=[3,12]")  # as views of before
    assert 'href="?kind=cha"' in client.get("/hazards/").content.decode()
    delete = reverse("pages:view-delete", args=[view.pk])
    clients["keo"].post(delete, {"query": ""})
    assert SavedView.objects.exists()
    client.post(delete, {"query": ""})
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_sqlite_walks_the_index_of_the_order_past_a_scope() -> None:
    """A scope is a condition on another table; it must not make SQLite sort all."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows that fifty rows are enough")
    rows = HazardPeriod.objects.filter(hazard__country__code="LAO").order_by(
        "-valid_from", "-pk"
    )
    with CaptureQueriesContext(connection) as asked:
        page_of(rows, {})
    (sql, *_others) = [q["sql"] for q in asked if "LIMIT" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[3] for row in cursor.fetchall()]
    assert "period_valid" in plan[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_a_refused_page_names_no_verb_but_the_api_does(clients: Any) -> None:
    page = clients["eve"].get("/hazards/")
    assert page.status_code == 403
    assert "Ask your administrator" in page.content.decode()
    assert "hazard.view" not in page.content.decode()
    assert clients["eve"].get("/api/v1/hazards").json()["verb"] == "hazard.view"


def test_the_chips_of_days_are_written_as_people_write_them(clients: Any) -> None:
    page = clients["chan"].get("/hazards/?known_at=2020-01-01&date_from=2019-01-02")
    chips = [chip["value"] for chip in page.context["active_filters"]]
    assert chips == ["2 Jan 2019", "1 Jan 2020"]


def test_the_form_offers_each_filter_that_the_address_takes(
    areas: list[Any], clients: dict[str, Client]
) -> None:
    form = clients["noy"].get("/hazards/?priority=high").context["form"]
    assert {"kind", "status", "priority", "grade", "organisation", "area"} < {
        *form.fields
    }
    assert form["priority"].value() == "high" and form.has_more()
