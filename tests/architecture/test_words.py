"""Words for people are translatable; files speak of no machine."""

import ast
import re

from tests.architecture.sources import ROOT, product_modules, templates, text_files

GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)"
    r"|\son(?:click|change|submit|load|input|keydown|keyup)\s*=|javascript:",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org"
    r"|(?<![\w.])/(?:work|root|tmp|farm)/\w"
)
OPEN_END = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!\()")


def test_translatable_text_is_a_literal():
    found = []
    for module in product_modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or name_of(node) not in GETTEXT:
                continue
            if any(isinstance(part, ast.JoinedStr) for part in node.args):
                found.append(f"{module.name}:{node.lineno}")
    assert not found


def test_what_translates_goes_by_a_name_that_the_catalogues_know():
    found = [
        f"{module.name}:{node.lineno} {item.asname}"
        for module in product_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and "translation" in (node.module or "")
        for item in node.names
        if item.name in GETTEXT and (item.asname or "_") not in GETTEXT
    ]
    assert not found


def name_of(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "id", None) or getattr(function, "attr", "")


def test_templates_hold_no_inline_script_or_style():
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0).strip()}"
        for path in templates()
        for match in INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_no_file_names_a_machine_or_a_registry():
    own = {"test_words.py"}
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in text_files()
        if path.name not in own
        for match in MACHINE.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found


def test_no_open_end_without_an_owner():
    found = [
        path.relative_to(ROOT).as_posix()
        for path in text_files()
        if path.suffix == ".py" and path.name != "test_words.py"
        if OPEN_END.search(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_catalogues_stand_for_every_language():
    from django.conf import settings

    for code, _name in settings.LANGUAGES:
        if code != "en":
            folder = ROOT / "src/safelane/locale" / code / "LC_MESSAGES"
            assert (folder / "django.po").is_file(), code
            assert (folder / "django.mo").is_file(), code
