"""Template tags of every page."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator
from django.template import Context, engines
from django.test import RequestFactory

from safelane.core.ui.templatetags.ui import sort_heading


def render(text: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    template = engines["django"].from_string(text).template
    return template.render(Context({"request": request, **context}))


def test_query_changes_one_value_and_keeps_the_rest() -> None:
    assert render("{% query page=3 %}", "/?kind=cha&page=2") == "?kind=cha&amp;page=3"
    assert render('{% query kind="" %}', "/?kind=cha") == "?"


def test_pagination_keeps_filters() -> None:
    page = Paginator(range(100), 10).page(2)
    html = render("{% pagination page %}", "/?kind=cha&page=2", page=page)
    assert "?kind=cha&amp;page=3" in html
    assert 'aria-current="page"' in html


def test_one_page_needs_no_pagination() -> None:
    page = Paginator(range(5), 10).page(1)
    assert render("{% pagination page %}", page=page).strip() == ""


def test_icon_is_decorative() -> None:
    html = render('{% icon "map" %}')
    assert 'aria-hidden="true"' in html
    assert "sprite.svg#map" in html


def test_empty_state_teaches() -> None:
    html = render(
        '{% empty "map" "No areas" "Import what you have." "/in/" "Import" %}'
    )
    assert "Import what you have." in html
    assert 'href="/in/"' in html


@pytest.mark.parametrize(
    ("current", "url", "aria"),
    [
        ("-date", "?q=a&sort=name", "none"),
        ("name", "?q=a&sort=-name", "ascending"),
        ("-name", "?q=a&sort=name", "descending"),
    ],
)
def test_headings_sort_both_ways(current: str, url: str, aria: str) -> None:
    address = "q=a&page=4&after=5&before=3&sort=x"
    heading = sort_heading("name", "Name", current, address)
    assert (heading["url"], heading["aria"]) == (url, aria)
