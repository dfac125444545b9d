"""The list page: columns, order, totals, bulk, saved views, and why it is empty."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db.models import Sum
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from safelane.core.errors import NotPermitted
from safelane.core.pages import (
    Action,
    Bulk,
    Emptiness,
    Listing,
    list_page,
    number,
    text,
)
from safelane.core.records.tests.ledger.models import Item
from safelane.core.scope import Actor, Grant
from safelane.organisations.models import SavedView

pytestmark = pytest.mark.django_db
EMPTY = Emptiness("No item yet", "Items appear once somebody buys one.")
LISTING = Listing(
    name="items",
    title="Items",
    verb="item.view",
    columns=(
        text("number", "Number", order="number", url=lambda row: f"/items/{row.uid}/"),
        number(
            "weight_kg",
            "Weight (kg)",
            order="weight_kg",
            total=lambda rows: rows.aggregate(n=Sum("weight_kg"))["n"],
        ),
        text("holder", "Holder", is_extra=True),
    ),
    order="number",
    empty=EMPTY,
    narrowed_by=("q", "waiting", "as_of"),
    actions=(
        Action("New item", "/items/new/", "plus", "item.edit", main=True),
        Action("Elsewhere", "/else/", "x", "other.edit"),
    ),
    bulk=(Bulk("Withdraw", "/items/withdraw/", "x", "item.edit"),),
)


def actor(*verbs: str, reach: str = "all", home: int | None = None) -> Actor:
    grant = Grant(frozenset(verbs), reach, home, None)
    return Actor(kind="person", user_id=None, name="Keeper", grants=(grant,))


def ask(query: str = "", by: Actor | None = None, **more: Any) -> str:
    request: HttpRequest = RequestFactory().get(f"/items/?{query}")
    by = by or actor("item.view", "item.edit")
    request.actor = by  # type: ignore[attr-defined]
    rows = Item.objects.visible_to(by)
    return list_page(request, LISTING, rows, **more).content.decode()


@pytest.fixture
def items(cast: Any) -> list[Item]:
    home = cast.organisations["laa"]
    made = [("A3", 1200, "Ann"), ("A1", 7, "Bob"), ("A2", None, "Cid")]
    return [
        Item.objects.create(organisation=home, number=n, weight_kg=w, holder=h)
        for n, w, h in made
    ]


def order_of(page: str) -> list[str]:
    return re.findall(r">(A\d)</a>", page)


def test_rows_stand_in_order_with_links(items: list[Item]) -> None:
    page = ask()
    assert order_of(page) == ["A1", "A2", "A3"]
    assert f'href="/items/{items[0].uid}/"' in page
    assert 'aria-sort="ascending"' in page
    assert order_of(ask("sort=-number")) == ["A3", "A2", "A1"]
    assert order_of(ask("sort=holder")) == ["A1", "A2", "A3"]  # no order by that


def test_numbers_have_separators_and_a_total(items: list[Item]) -> None:
    page = ask()
    assert ">1,200</td>" in re.sub(r"\s", "", page)
    assert ">1,207</td>" in re.sub(r"\s", "", page)
    assert ">–</td>" in re.sub(r"\s", "", page)  # A2 has no weight


def test_columns_are_chosen_in_the_address(items: list[Item]) -> None:
    assert "Ann" not in ask()
    page = ask("column=holder")
    assert "Ann" in page
    assert "1,200" not in page
    assert order_of(page) == ["A1", "A2", "A3"]  # the first column stays
    assert "1,200" in ask("column=nothing")


def test_buttons_and_selection_are_for_those_who_may(items: list[Item]) -> None:
    page = ask()
    assert "New item" in page
    assert "Elsewhere" not in page
    assert page.count('name="uid"') == 3
    assert 'formaction="/items/withdraw/"' in page
    reader = ask(by=actor("item.view"))
    assert "New item" not in reader
    assert 'name="uid"' not in reader


def test_a_list_is_closed_to_others(items: list[Item]) -> None:
    with pytest.raises(NotPermitted):
        ask(by=actor("other.view"))


def test_no_rows_at_all_teaches(cast: Any) -> None:
    assert "No item yet" in ask()
    assert "once somebody buys one" in ask()


def test_no_rows_in_ones_reach_is_not_no_rows(items: list[Item], cast: Any) -> None:
    elsewhere = cast.organisations["aza"].pk
    page = ask(by=actor("item.view", reach="organisation", home=elsewhere))
    assert "No item yet" not in page
    assert "Nothing here within your reach" in page
    assert order_of(page) == []


def test_no_rows_for_the_filters_says_so(cast: Any) -> None:
    assert "Nothing matches" in ask("q=x")
    assert "Nothing matches" not in ask("sort=number&column=number&q=")


def test_what_surely_is_nothing_is_said(cast: Any) -> None:
    page = ask("waiting=1", nothing=Emptiness("Nothing waits", "Go home."))
    assert "Nothing waits" in page
    assert "Nothing matches" not in page


def test_a_past_day_is_marked(items: list[Item]) -> None:
    page = ask("as_of=2020-01-01&q=1", past="As it was then.")
    assert "As it was then." in page
    assert 'href="?q=1"' in page  # the way back to today keeps the filters


def test_fifty_rows_make_a_page(cast: Any) -> None:
    home = cast.organisations["laa"]
    for i in range(51):
        Item.objects.create(organisation=home, number=f"A{i:03}")
    page = ask()
    assert len(re.findall(r">A\d+</a>", page)) == 50
    (following,) = re.findall(r'rel="next" href="\?([^"]+)"', page)
    assert re.findall(r">(A\d+)</a>", ask(unescape(following))) == ["A050"]


def test_a_view_is_kept_shown_and_forgotten(clients: Any) -> None:
    aysel, data = clients["aysel"], {"page": "accidents", "back": "/accidents/"}
    sent = data | {"name": " My hill ", "query": "q=x&sort=reference"}
    answer = aysel.post("/views/save/", sent)
    assert answer["Location"] == "/accidents/?q=x&sort=reference"
    view = SavedView.objects.get()
    assert view.name == "My hill"
    assert "?q=x&amp;sort=reference" in aysel.get("/accidents/").content.decode()
    assert "My hill" not in clients["noy"].get("/accidents/").content.decode()
    delete = reverse("pages:view-delete", args=[view.pk])
    clients["noy"].post(delete, data)
    assert SavedView.objects.exists()  # it is not hers
    aysel.post(delete, data)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": " "}, 422),
        ({"query": "q=" + "x" * 1998}, 302),
        ({"query": "q=" + "x" * 1999}, 422),
        ({"query": "x" * 2000}, 422),  # kept as "xxx…="
    ],
)
def test_views_have_a_name_and_a_limit(clients: Any, more: Any, status: int) -> None:
    data = {"page": "accidents", "name": "Mine", "back": "/accidents/"} | more
    assert clients["aysel"].post("/views/save/", data).status_code == status


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", ""])
def test_the_way_back_stays_on_this_site(clients: Any, back: str) -> None:
    data = {"page": "accidents", "name": "Mine", "back": back}
    assert clients["aysel"].post("/views/save/", data)["Location"] == "/"
    assert clients["nobody"].post("/views/save/", data).status_code in (302, 401)
    assert not SavedView.objects.filter(user=None).exists()
