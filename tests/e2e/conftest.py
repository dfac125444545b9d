"""One browser, one served demo workspace, one walk for all checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.site import Site, served_demo

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# Maps need WebGL, which a machine without a graphics card draws in software.
ARGUMENTS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PASSWORD = "a long password for the browser pass"


@pytest.fixture(scope="session")
def browser_path() -> str:
    named = os.environ.get("SAFELANE_BROWSER")
    path = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium: install one, or name it in SAFELANE_BROWSER")
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with served_demo(folder) as site:
        yield site


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = [*ARGUMENTS, "--no-sandbox"] if is_root() else ARGUMENTS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=arguments
        )
        yield browser
        browser.close()


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="session")
def manager_page(browser: Any, site: Site) -> Iterator[Any]:
    """Return a page of somebody who opened their link and set a password."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(site.links["information manager"])
    boxes = page.locator("input[type=password]")
    for box in boxes.all():
        box.fill(PASSWORD)
    with page.expect_navigation():
        boxes.last.press("Enter")
    yield page
    context.close()
