"""The configuration of maps, and that the script knows what it is given."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.test import override_settings
from django.utils import translation

import safelane
from safelane.core.ui import mapping
from safelane.core.ui.templatetags.ui import map_config

SCRIPTS = Path(safelane.__file__).parent / "static" / "js"


def test_the_script_uses_only_words_that_are_given() -> None:
    given = set(mapping.words())
    text = "".join(
        p.read_text(encoding="utf-8") for p in (SCRIPTS / "map").glob("*.js")
    )
    used = set(re.findall(r"\bwords\.([a-zA-Z]+)", text))
    assert used <= given


def test_config_is_json_with_everything_the_script_reads() -> None:
    found = json.loads(map_config(bounds=(100, 13, 108, 23), draw="polygon"))
    assert found["bounds"] == [100, 13, 108, 23]
    assert found["basemap"] == {}
    assert found["base"].endswith("world-atlas/countries.json")


@override_settings(
    MAP_TILE_URL="https://t.example.org/{z}/{x}/{y}.png", MAP_TILE_ATTRIBUTION="Us"
)
def test_a_configured_basemap_is_passed_on() -> None:
    assert mapping.config()["basemap"] == {
        "url": "https://t.example.org/{z}/{x}/{y}.png",
        "credit": "Us",
    }


def test_words_follow_the_reader() -> None:
    with translation.override("az"):
        assert mapping.config()["locale"] == "az"


def test_modules_stay_small() -> None:
    for path in SCRIPTS.rglob("*.js"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
