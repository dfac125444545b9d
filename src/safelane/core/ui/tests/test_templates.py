"""What holds for every template: strict CSP, known icons, translated words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

import safelane
from safelane.core.domain import house
from safelane.core.domain.declaration import GROUPS

PACKAGE = Path(safelane.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
SPRITE = PACKAGE / "static" / "vendor" / "tabler-icons" / "sprite.svg"
INLINE = {
    "style attribute": re.compile(r"\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "javascript address": re.compile(r"javascript:"),
    "htmx handler": re.compile(r"\shx-on"),
    "foreign address": re.compile(r"(?:src|href)=[\"']https?://"),
}
ICON = re.compile(r"{%\s*(?:icon|empty)\s+\"([a-z0-9-]+)\"")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_is_inline_or_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [name for name, pattern in INLINE.items() if pattern.search(text)]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    known = set(re.findall(r'id="([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8")))
    used = set(ICON.findall(path.read_text(encoding="utf-8")))
    assert used <= known


def test_every_icon_of_the_navigation_is_in_the_sprite() -> None:
    known = set(re.findall(r'id="([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8")))
    used = {item.icon for item in house().navigation}
    used |= {icon for _label, icon in GROUPS.values()}
    assert used
    assert used <= known


def test_every_item_of_the_navigation_leads_somewhere() -> None:
    assert all(reverse(item.url_name) for item in house().navigation)
