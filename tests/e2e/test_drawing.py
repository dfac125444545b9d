"""Drawing an outline: what is seen on the map is what is sent, and no less."""

import pytest

pytestmark = pytest.mark.browser
CORNERS = ((0.45, 0.4), (0.55, 0.4), (0.55, 0.6), (0.45, 0.6))
DRAW, MOVE = 0, 1  # buttons above the map
FIELD = "[name=outline-drawn]"


def begin(page, address):
    """Open a form of a report and choose to draw."""
    page.goto(address)
    page.fill("[name=date_of_information]", "2026-11-30")
    page.check("[name=outline-method][value=drawn]")
    page.locator(".sl-map-tools").first.wait_for()
    page.wait_for_timeout(1500)  # the map has been given its size


def click(page, corners):
    canvas = page.locator(".maplibregl-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for across, down in corners:
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
        page.mouse.move(x - 3, y - 3)
        page.mouse.click(x, y)
        page.wait_for_timeout(300)


def test_a_shape_half_drawn_holds_the_form_back_until_it_is_closed(manager_page, site):
    page, address = manager_page, f"{site.url}/hazards/reports/new/"
    begin(page, address)
    page.fill("[name=reference]", "DRAWN-1")
    click(page, CORNERS)
    page.locator("button[value=draft]:visible").click()
    page.locator(".sl-toast").wait_for()
    assert page.url == address and not page.input_value(FIELD)
    click(page, CORNERS[:1])
    assert page.input_value(FIELD).startswith('{"type":"Polygon"')
    with page.expect_navigation():
        page.locator("button[value=draft]:visible").click()
    assert page.url != address


def test_a_known_outline_is_moved_and_not_stated_untouched(manager_page, site):
    page = manager_page
    page.goto(f"{site.url}/hazards/")
    page.locator("#register tbody a").first.click()
    report = page.locator("a[href*='?hazard=']").first.get_attribute("href")
    begin(page, site.url + report)
    tools = page.locator(".sl-map-tools").first.locator("button")
    assert tools.nth(MOVE).get_attribute("aria-pressed") == "true"
    click(page, [(0.5, 0.5), (0.2, 0.2)])  # chosen, and let go
    assert page.input_value(FIELD) == ""
    tools.nth(DRAW).click()
    click(page, [(0.02, 0.1), (0.06, 0.1), (0.06, 0.2), (0.02, 0.2), (0.02, 0.1)])
    assert page.input_value(FIELD).startswith('{"type":"MultiPolygon"')
