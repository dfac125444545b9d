"""The lists of rooms in the docs are true."""

import re

from tests.architecture.sources import PACKAGE, ROOT

ROW = re.compile(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", re.MULTILINE)
NAME = re.compile(r"`([\w/]+)`")


def listed(text: str) -> list[str]:
    return [name for row in ROW.findall(text) for name in NAME.findall(row)]


def rooms(folder) -> list[str]:
    found = [path.parent.name for path in folder.glob("*/__init__.py")]
    return sorted(name for name in found if name != "tests")


def test_contributing_names_every_room_of_the_house():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    chapter = text.split("## The rooms of the house")[1].split("\n## ")[0]
    assert sorted(listed(chapter)) == rooms(PACKAGE)


def test_the_kit_names_every_room_of_the_core():
    text = (ROOT / "docs" / "kit" / "README.md").read_text(encoding="utf-8")
    named = sorted(name.removeprefix("core/") for name in listed(text))
    assert named == rooms(PACKAGE / "core")


def test_a_row_is_read():
    assert listed("| `core` | x |\n| `a`, `b` | `c` |\n`d`") == ["core", "a", "b"]
