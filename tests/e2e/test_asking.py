"""A part of a page that asks every few seconds, after the session has ended."""

import pytest

pytestmark = pytest.mark.browser
ASKING = """() => {
  const part = document.createElement('div');
  part.setAttribute('hx-get', '/hazards/');
  part.setAttribute('hx-trigger', 'every 1s');
  document.querySelector('main').append(part);
  htmx.process(part);
}"""


def test_it_stops_and_leads_to_signing_in(manager_page, browser, site):
    context = browser.new_context(storage_state=manager_page.context.storage_state())
    page = context.new_page()
    page.goto(f"{site.url}/hazards/")
    page.evaluate(ASKING)
    context.clear_cookies()
    page.wait_for_url("**/account/login/?next=**")
    context.close()


def test_the_same_fault_is_told_once(manager_page, site):
    page = manager_page
    page.goto(f"{site.url}/")
    detail = "{detail: {message: 'Busy', level: 'danger'}}"
    for _time in range(3):
        script = f"document.body.dispatchEvent(new CustomEvent('toast', {detail}))"
        page.evaluate(script)
    assert page.locator(".sl-toast").count() == 1
