"""Template tags of every page."""

from __future__ import annotations

import pytest
from django.template import Context, engines
from django.test import RequestFactory

from safelane.core.pages.keyset import page_of
from safelane.core.ui.templatetags.ui import sort_heading


def render(text: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    template = engines["django"].from_string(text).template
    return template.render(Context({"request": request, **context}))


def test_query_changes_one_value_and_keeps_the_rest() -> None:
    assert render("{% query page=3 %}", "/?kind=cha&page=2") == "?kind=cha&amp;page=3"
    assert render('{% query kind="" %}', "/?kind=cha") == "?"


def test_the_ways_to_pages_beside_keep_filters() -> None:
    page = page_of(range(100), {"after": "10"}, 10)
    html = render("{% turning page %}", "/?kind=cha&after=10", page=page)
    assert "?kind=cha&amp;after=20" in html
    assert "?kind=cha&amp;before=10" in html
    assert "Rows 11 to 20 of 100" in html


def test_one_page_has_no_ways_to_others() -> None:
    page = page_of(range(5), {}, 10)
    assert render("{% turning page %}", page=page).strip() == ""


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
