"""Pages by key: every row once, in order, both ways, whatever comes in meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from safelane.core.errors import InvalidInput
from safelane.core.pages.keyset import page_of
from safelane.core.protect.addresses import written_key
from safelane.core.records.tests.ledger.models import Item
from safelane.organisations.models import Organisation

pytestmark = pytest.mark.django_db
WEIGHTS = [5, None, 3, 5, 5, None, 1, 9, 3, 5, None]


@pytest.fixture
def items(cast: Any) -> list[Item]:
    home = cast.organisations["laa"]
    return [
        Item.objects.create(organisation=home, number=f"A{n:02}", weight_kg=w)
        for n, w in enumerate(WEIGHTS)
    ]


def key(pk: int) -> str:
    return written_key(pk, Item._meta.label)


def forward(rows: Any, size: int) -> list[Any]:
    """Walk to the end; each step also walks back to where it came from."""
    page, seen = page_of(rows, {}, size), []
    assert page.before == ""
    while True:
        assert page.first == sum(map(len, seen)) + 1
        seen.append([row.pk for row in page])
        assert page.last == sum(map(len, seen))
        if not page.after:
            return seen
        following = page_of(rows, {"after": page.after}, size)
        back = page_of(rows, {"before": following.before}, size)
        assert [row.pk for row in back] == seen[-1]
        assert (back.first, back.last) == (page.first, page.last)
        page = following


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12])
@pytest.mark.parametrize(
    "order",
    [
        ("weight_kg", "pk"),
        ("-weight_kg", "-pk"),
        ("number", "pk"),
        ("-organisation__name", "-pk"),
        ("pk",),
    ],
)
def test_every_row_once_in_order(
    items: list[Item], size: int, order: tuple[str, ...]
) -> None:
    rows = Item.objects.order_by(*order)
    pages = forward(rows, size)
    assert [pk for page in pages for pk in page] == [row.pk for row in rows]
    assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("order", [("number", "pk"), ("pk",)])
def test_no_address_tells_how_many_rows_there_are(
    items: list[Item], order: tuple[str, ...]
) -> None:
    Item.objects.create(pk=987_654, organisation=items[0].organisation, number="A01b")
    rows = Item.objects.order_by(*order)
    page = page_of(rows, {}, 2)
    while page.after:
        page = page_of(rows, {"after": page.after}, 2)
        said = {json.dumps(json.loads(a)[0]) for a in (page.before, page.after) if a}
        assert not said & {str(row.pk) for row in rows}
        assert "987654" not in page.before + page.after


def test_sequences_and_other_orders_are_read_by_number(items: list[Item]) -> None:
    listed = list(Item.objects.order_by("weight_kg", "number"))
    for rows in (listed, Item.objects.order_by("weight_kg", "number")):
        pages = forward(rows, 4)
        assert [pk for page in pages for pk in page] == [row.pk for row in listed]


def test_a_row_that_comes_in_meanwhile_hides_none(items: list[Item]) -> None:
    rows = Item.objects.order_by("number", "pk")
    first = page_of(rows, {}, 4)
    Item.objects.create(organisation=items[0].organisation, number="A00b")
    second = page_of(rows, {"after": first.after}, 4)
    assert [row.number for row in second] == ["A04", "A05", "A06", "A07"]
    assert second.count == len(items) + 1


def test_a_page_whose_rows_are_gone_begins_anew(items: list[Item]) -> None:
    rows = Item.objects.order_by("number", "pk")
    far = page_of(rows, {"after": f'["Z","{key(1)}"]'}, 4)
    assert [row.number for row in far] == ["A00", "A01", "A02", "A03"]
    assert page_of(list(rows), {"after": "900"}, 4).object_list[0].number == "A00"


def test_a_page_asks_for_its_own_rows_only(items: list[Item]) -> None:
    rows = Item.objects.order_by("number", "pk")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(page_of(rows, {"after": f'["A03","{key(4)}"]'}, 3))
    assert len(asked) == 2  # its keys along the index, then its rows
    assert not any("OFFSET" in each["sql"] for each in asked)


@pytest.mark.parametrize(
    "text", ["5", "[1]", "[]", '["x","y"]', '["x",1]', '["x",1.5]', "{", '["x",true]']
)
def test_what_is_no_key_is_refused(items: list[Item], text: str) -> None:
    for name in ("after", "before"):
        with pytest.raises(InvalidInput):
            page_of(Item.objects.order_by("weight_kg", "pk"), {name: text}, 3)


@pytest.mark.parametrize("text", ["-1", "x", "1.5", "9" * 10])
def test_what_is_no_number_of_a_row_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        page_of([1, 2, 3], {"after": text}, 2)


def test_long_names_in_letters_of_another_alphabet_have_a_next_page(
    cast: Any, clients: Any
):
    home = cast.countries["laos"]
    name = "ອົງການເກັບກູ້ລະເບີດ " * 9
    for n in range(60):
        said = {"short_name": f"o{n}", "kind": "operator", "country": home}
        Organisation.objects.create(name=f"{name}{n:02d}", **said)
    first = clients["petra"].get("/organisations/")
    following = first.context["page"].after
    second = clients["petra"].get("/organisations/", {"after": following})
    assert second.status_code == 200
    assert f"{name}59" in second.content.decode()
