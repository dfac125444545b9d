"""Every page, at 1280 and 360 pixels: it opens, it is quiet, everybody can use it."""

import pytest

from tests.architecture.urls import addresses
from tests.e2e.walk import page_name, walk

pytestmark = pytest.mark.browser


def plain_pages():
    """Return the addresses of pages without parts; links lead to the others."""
    paths = [address.path() for address in addresses() if address.is_plain]
    return [path for path in paths if path and page_name(path)]


@pytest.fixture(scope="session")
def visited(manager_page, site):
    return walk(manager_page, site.url, ["/", *plain_pages()])


@pytest.fixture(scope="session")
def visited_by_a_stranger(browser, site):
    context = browser.new_context(locale="en")
    yield walk(context.new_page(), site.url, ["/", "/account/login/"])
    context.close()


def test_the_walk_reaches_the_site(visited):
    names = {visit.name for visit in visited.visits}
    assert {"home", "hazards:register", "organisations:list"} <= names
    assert len(names) > 25


@pytest.mark.parametrize("kind", ["status", "console", "network", "overflow", "axe"])
def test_pages_have_no_fault(visited, kind):
    faults = visited.faults(kind)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("kind", ["console", "network", "overflow", "axe"])
def test_pages_for_strangers_have_no_fault(visited_by_a_stranger, kind):
    assert visited_by_a_stranger.visits
    faults = visited_by_a_stranger.faults(kind)
    assert not faults, "\n".join(faults)
