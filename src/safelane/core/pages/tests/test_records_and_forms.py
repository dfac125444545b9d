"""The record page says what is closed; the form page keeps what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory

from safelane.core.errors import InvalidInput
from safelane.core.pages import Chart, Section, edit_page, record_page
from safelane.core.scope import Actor, Grant

pytestmark = pytest.mark.django_db


def request_of(method: str = "get", **data: Any) -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)("/items/1/", data)
    grant = Grant(frozenset({"item.view"}), "all", None, None)
    request.actor = Actor("person", None, "Keeper", (grant,))  # type: ignore[attr-defined]
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def page(*sections: Section, **more: Any) -> str:
    return record_page(request_of(), "A1", sections, **more).content.decode()


def test_facts_stand_with_their_labels() -> None:
    found = page(Section("What is known", [("weight", 1200), ("holder", "")]))
    assert "<dt>Weight</dt><dd>1,200</dd>" in found
    assert "<dt>Holder</dt><dd>–</dd>" in found


def test_a_closed_section_never_says_that_there_is_nothing() -> None:
    section = Section("Holders", [("holder", "Ann")], verb="holder.view", empty="None.")
    found = page(section)
    assert "This is not open to your role" in found
    assert "Ann" not in found
    assert "None." not in found
    assert "None." in page(Section("Holders", verb="item.view", empty="None."))


def test_a_chart_has_its_table_beside() -> None:
    chart = Chart("Per month", (("May", 40), ("June", 10)), "kg")
    found = page(Section("Weights", chart=chart))
    assert "Per month (kg)" in found
    assert '<rect width="400.0"' in found
    assert '<rect width="100.0"' in found
    assert '<td class="num">40</td>' in found


def test_a_chart_of_zeros_has_no_bars() -> None:
    assert [bar[2] for bar in Chart("X", (("May", 0),)).bars] == [0]
    assert Chart("X", ()).bars == []


def test_the_way_back_names_the_page() -> None:
    found = page(Section("X"), trail=[("Items", "/items/")], badge=("Open", "info"))
    assert 'href="/items/"' in found
    assert 'aria-current="page"' in found
    assert "sl-badge-info" in found


class ItemForm(forms.Form):
    number = forms.CharField(label="Number")
    weight = forms.IntegerField(label="Weight", required=False)


def edit(method: str, save: Any, **data: Any) -> tuple[Any, HttpRequest]:
    request = request_of(method, **data)
    form = ItemForm(request.POST or None)
    way = {
        "title": "New item",
        "button": "Add the item",
        "trail": [("Items", "/items/")],
    }
    return edit_page(request, form, save, **way), request


def test_the_form_says_what_its_button_does() -> None:
    answer, _request = edit("get", lambda facts: "/")
    text = answer.content.decode()
    assert "Add the item" in text
    assert 'href="/items/"' in text


def test_what_is_right_is_saved_and_said() -> None:
    kept: list[Any] = []

    def save(facts: dict[str, Any]) -> str:
        kept.append(facts)
        return "/items/7/"

    answer, request = edit("post", save, number="A7", weight="3")
    assert (answer.status_code, answer["Location"]) == (302, "/items/7/")
    assert kept == [{"number": "A7", "weight": 3}]
    assert [str(m) for m in get_messages(request)] == ["Saved."]


@pytest.mark.parametrize("done", ["The item waits for Ann.", ""])
def test_a_page_may_say_in_its_own_words_what_was_done(done: str) -> None:
    request = request_of("post", number="A7")
    form, words = ItemForm(request.POST), {"title": "New item", "button": "Add"}
    edit_page(request, form, lambda facts: "/items/", done=done, **words)
    assert [str(m) for m in get_messages(request)] == ([done] if done else [])


@pytest.mark.parametrize("field", ["number", None, "unknown"])
def test_a_fault_stands_in_place_and_the_text_is_kept(field: str | None) -> None:
    def save(facts: dict[str, Any]) -> str:
        raise InvalidInput("A7 is taken.", field=field)

    answer, request = edit("post", save, number="A7")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "A7 is taken." in text
    assert 'value="A7"' in text
    assert not list(get_messages(request))


def test_a_form_with_faults_is_not_saved() -> None:
    def save(facts: dict[str, Any]) -> str:
        raise AssertionError("saved")

    answer, _request = edit("post", save, number="", weight="x")
    assert answer.status_code == 200
    assert "whole number" in answer.content.decode()
