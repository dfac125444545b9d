"""Updating, filling, checking and compiling message catalogues."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from catalogues import (
    compile_catalogue,
    compiled,
    faults,
    fill,
    is_compiled,
    missing,
    po_path,
    read_catalogue,
    renew,
    write_catalogue,
)
from message_extraction import extract_catalog

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
def f(n):
    _("Draft")
    pgettext("stage", "Open")
    return ngettext("%(n)s area", "%(n)s areas", n) % {"n": n}
"""
HTML = """{% load i18n %}<p title="{% translate "Don't enter" %}">
{% blocktranslate trimmed %}Posted by <b>{{ name }}</b>{% endblocktranslate %}</p>"""


@pytest.fixture
def template(tmp_path: Path) -> Catalog:
    app = tmp_path / "app"
    (app / "templates").mkdir(parents=True)
    (app / "tests").mkdir()
    (app / "views.py").write_text(PYTHON)
    (app / "tests" / "test_views.py").write_text('gettext("only in a test")')
    (app / "templates" / "page.html").write_text(HTML)
    return extract_catalog(tmp_path, (app,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return po_path(tmp_path / "locale", "lo")


TEXTS: dict[tuple[str, str], str | list[str]] = {
    ("", "Draft"): "ສະບັບຮ່າງ",
    ("stage", "Open"): "ເປີດ",
    ("", "%(n)s area"): ["%(n)s ພື້ນທີ່"],
    ("", "Don't enter"): "ຫ້າມເຂົ້າ",
    ("", "Posted by <b>%(name)s</b>"): "ໂດຍ <b>%(name)s</b>",
}


def filled(template: Catalog, path: Path, texts: dict) -> Catalog:
    catalog = renew(path, "lo", template, draft=True)
    fill(catalog, texts)
    write_catalogue(path, catalog, draft=True)
    return read_catalogue(path, "lo")


def test_extraction_reads_code_and_templates(template: Catalog) -> None:
    found = {(m.context or "", m.id) for m in template if m.id}
    assert found == {
        ("", "Draft"),
        ("stage", "Open"),
        ("", ("%(n)s area", "%(n)s areas")),
        ("", "Don't enter"),
        ("", "Posted by <b>%(name)s</b>"),
    }


def test_complete_catalogue_has_no_faults(template: Catalog, path: Path) -> None:
    catalog = filled(template, path, TEXTS)
    assert list(faults(catalog, template, "lo")) == []
    assert list(missing(catalog)) == []


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        (("", "Draft"), "", "missing"),
        (("", "%(n)s area"), ["ພື້ນທີ່"], "placeholders differ"),
        (("", "%(n)s area"), ["%(m)s ພື້ນທີ່"], "placeholders differ"),
        (("", "Posted by <b>%(name)s</b>"), "ໂດຍ %(name)s", "tags differ"),
    ],
)
def test_faults_are_named(
    template: Catalog, path: Path, key: tuple[str, str], text: str, problem: str
) -> None:
    catalog = filled(template, path, TEXTS | {key: text})
    assert [f.problem for f in faults(catalog, template, "lo")] == [problem]


def test_renew_keeps_what_is_used_and_drops_the_rest(
    template: Catalog, path: Path
) -> None:
    filled(template, path, TEXTS)
    smaller = Catalog()
    smaller.add("Draft")
    smaller.add("New")
    catalog = renew(path, "lo", smaller, draft=True)
    assert {m.id: m.string or "" for m in catalog if m.id} == {
        "Draft": "ສະບັບຮ່າງ",
        "New": "",
    }


def test_writing_twice_gives_the_same_bytes(template: Catalog, path: Path) -> None:
    filled(template, path, TEXTS)
    first = path.read_bytes()
    filled(template, path, TEXTS)
    assert path.read_bytes() == first
    assert b"X-Draft: machine-made, for native review" in first


def test_compiled_catalogue_is_read_by_gettext(template: Catalog, path: Path) -> None:
    filled(template, path, TEXTS)
    assert not is_compiled(path)
    target = compile_catalogue(path)
    assert target.read_bytes() == compiled(path)
    assert is_compiled(path)
    with target.open("rb") as file:
        lao = gettext.GNUTranslations(file)
    assert lao.gettext("Draft") == "ສະບັບຮ່າງ"
    assert lao.pgettext("stage", "Open") == "ເປີດ"
    assert lao.ngettext("%(n)s area", "%(n)s areas", 5) == "%(n)s ພື້ນທີ່"
