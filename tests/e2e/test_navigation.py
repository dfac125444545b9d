"""The navigation carries the house with eleven more parts, wide and narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.many import PARTS, served_parts
from tests.e2e.walk import AXE, AXE_RUN, NARROW, OVERFLOW, SERIOUS, WIDE

pytestmark = pytest.mark.browser
GROUPS = [
    "Land",
    "Operations",
    "Field",
    "People",
    "Things",
    "Money",
    "Programme",
    "Administration",
]
IN_MENU = "document.activeElement.closest('details[open]') !== null"
MENUS = "#navigation details"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with served_parts(tmp_path_factory.mktemp("many")) as site:
        yield site


@pytest.fixture(autouse=True)
def closed(browser: Any) -> Any:
    """Close what a test opened: kept connections would use up those of the server."""
    before = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()


def opened(browser: Any, site: Any, who: str, size: dict[str, int]) -> Any:
    context = browser.new_context(locale="en", viewport=size)
    cookie = {"name": "sessionid", "value": site.links[who], "url": site.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.faults = []
    page.on(
        "console", lambda m: page.faults.append(m.text) if m.type == "error" else None
    )
    page.goto(f"{site.url}/assets/")
    return page


def groups_of(page: Any) -> list[str]:
    return [
        name.strip() for name in page.locator(f"{MENUS} > summary").all_inner_texts()
    ]


def check(page: Any, shots: Path, name: str) -> None:
    page.screenshot(path=str(shots / f"{name}.png"))
    assert page.evaluate(OVERFLOW) <= 1
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = [v for v in page.evaluate(AXE_RUN) if v[0] in SERIOUS]
    assert not found
    assert not page.faults


def test_at_1280_the_groups_stand_in_one_line(
    browser: Any, many: Any, tmp_path: Path
) -> None:
    page = opened(browser, many, "all", WIDE)
    assert groups_of(page) == GROUPS
    tops = {
        round(box.bounding_box()["y"])
        for box in page.locator("#navigation .nav-link").all()
    }
    assert len(tops) == 1, "the navigation wraps"
    check(page, tmp_path, "wide-closed")
    page.locator(f"{MENUS} > summary", has_text="People").click()
    check(page, tmp_path, "wide-open")
    shown = page.locator("#navigation details[open] a").all_inner_texts()
    assert [text.strip() for text in shown] == ["Staff", "Training", "Referrals"]


def test_the_page_and_its_group_are_marked(browser: Any, many: Any) -> None:
    page = opened(browser, many, "all", WIDE)
    current = page.locator('#navigation a[aria-current="page"]')
    assert current.count() == 1
    assert current.first.get_attribute("href") == "/assets/"
    active = page.locator("#navigation .nav-item.active > details > summary")
    assert active.all_inner_texts() == ["Things"]


def test_every_group_opens_by_keyboard(browser: Any, many: Any) -> None:
    page = opened(browser, many, "all", WIDE)
    for name in GROUPS:
        summary = page.locator(f"{MENUS} > summary", has_text=name)
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("#navigation details[open]").count() == 1
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.closest('details[open]') !== null"
        )
        assert focused, name
        page.keyboard.press("Escape")
        assert page.locator("#navigation details[open]").count() == 0
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.locator(f"{MENUS} > summary", has_text="Money").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/grants/")


def test_at_360_a_button_opens_the_groups(
    browser: Any, many: Any, tmp_path: Path
) -> None:
    page = opened(browser, many, "all", NARROW)
    assert not page.locator("#navigation").is_visible()
    page.locator('[data-toggles="#navigation"]').focus()
    page.keyboard.press("Enter")
    assert groups_of(page) == GROUPS
    check(page, tmp_path, "narrow-closed")
    page.locator(f"{MENUS} > summary", has_text="Land").click()
    page.locator(f"{MENUS} > summary", has_text="People").click()
    assert page.locator("#navigation details[open]").count() == 1
    check(page, tmp_path, "narrow-open")
    with page.expect_navigation():
        page.locator("#navigation a", has_text="Training").click()
    assert page.url.endswith("/training/")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
@pytest.mark.parametrize("path", [f"/{name}/" for name, _r, _g in PARTS])
def test_every_new_list_fits(
    browser: Any, many: Any, tmp_path: Path, path: str, size: dict[str, int]
) -> None:
    page = opened(browser, many, "all", size)
    page.goto(many.url + path)
    assert page.locator("h1").count() == 1
    check(page, tmp_path, "list")


def test_a_group_appears_with_the_first_part_that_is_open(
    browser: Any, many: Any
) -> None:
    page = opened(browser, many, "one", WIDE)
    assert groups_of(page) == ["Things"]
    links = page.locator("#navigation details a").all_text_contents()
    assert [text.strip() for text in links] == ["Assets"]
