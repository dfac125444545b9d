"""Docs cannot rot."""

import re

import pytest

from tests.architecture import reference
from tests.architecture.sources import ROOT

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
DOCS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_says_what_the_code_does(name):
    path = reference.FOLDER / name
    assert path.is_file(), "run: make reference"
    written = path.read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), "run: make reference"


def test_every_setting_names_itself_in_the_reference():
    from safelane.config.env import settings_table

    text = (reference.FOLDER / "settings.md").read_text(encoding="utf-8")
    assert all(item.help and item.variable in text for item in settings_table())


def test_every_command_says_what_it_does():
    commands = reference.walk_commands(reference.root_command(), "safelane")
    assert [path for path, command in commands if not reference.help_of(command)] == []


def test_every_error_says_its_fault_in_one_line():
    bad = [
        error.__name__
        for error in reference.all_errors()
        if not (error.__dict__.get("__doc__") or "").strip()
        or error.__doc__.startswith(error.__name__)
    ]
    assert not bad


def test_every_model_says_what_it_is():
    from django.apps import apps

    bare = [
        model.__name__
        for model in apps.get_models()
        if reference.is_own(model)
        and (not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("))
    ]
    assert not bare


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    broken = [
        target
        for target in LINK.findall(text)
        if "://" not in target
        and not target.startswith("mailto:")
        and not (path.parent / target).exists()
    ]
    assert not broken


def test_every_page_of_the_docs_can_be_found_from_the_index():
    index = ROOT / "docs" / "index.md"
    reached, waiting = set(), [index]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md" or not path.is_file():
            continue
        reached.add(path)
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if "://" not in target:
                waiting.append((path.parent / target).resolve())
    lost = [p.relative_to(ROOT).as_posix() for p in DOCS if p not in reached]
    assert [name for name in lost if name.startswith("docs/")] == []


def test_the_readme_starts_with_the_two_commands_that_make_knows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^make (\w+)", readme, re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    for command in set(commands):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
