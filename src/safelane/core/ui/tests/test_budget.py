"""A first page without map stays under 150 kB, compressed, in every language."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

LIMIT = 150_000
FONTS = {
    "en": ["latin"],
    "az": ["latin", "latin-ext"],
    "lo": ["latin", "lao-lao"],
    "vi": ["latin", "latin-ext", "vietnamese"],
    "ru": ["latin", "cyrillic"],
}
ASSET = re.compile(r'(?:href|src)="/static/([^"#]+)')


def size(path: str) -> int:
    found = finders.find(path)
    assert found, path
    content = Path(str(found)).read_bytes()
    # Fonts are compressed already and travel as they are.
    return len(content if path.endswith(".woff2") else gzip.compress(content, 9))


@pytest.mark.django_db
@pytest.mark.parametrize("language", FONTS)
def test_first_page(language: str) -> None:
    answer = Client(headers={"Accept-Language": language}).get("/account/login/")
    page = answer.content
    assets = set(ASSET.findall(page.decode()))
    assets |= {f"vendor/fonts/noto-sans-{name}.woff2" for name in FONTS[language]}
    total = len(gzip.compress(page, 9)) + sum(map(size, assets))
    assert {"vendor/tabler/tabler.min.css", "vendor/htmx/htmx.min.js"} <= assets
    assert total <= LIMIT, {name: size(name) for name in sorted(assets)}


@pytest.mark.django_db
def test_a_page_without_map_loads_no_map() -> None:
    page = Client().get("/account/login/").content.decode()
    assert "maplibre" not in page
