"""A document is set with its words, its look and its drawings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shapely
import typst
from django.utils import translation

from safelane.core.pdf import Canvas, set_document
from safelane.core.pdf.document import FONTS, qr_svg

BODY = """#import "house.typ": *
#let data = json("data.json")
#show: house.with(data)
#title-block(data)
#notice(data.note)
#table(columns: 2, stroke: grid-lines, head("A", "B"), "1", num("2"))
"""
DATA = {"title": "ໃບຢັ້ງຢືນ", "subtitle": "For tests", "made": "Run 7", "note": "Hm."}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.typ"
    path.write_text(BODY, encoding="utf-8")
    return path


def pages(pdf: bytes) -> int:
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    assert found is not None
    return int(found[1])


def test_a_document_holds_its_fonts_for_every_script(template: Path) -> None:
    pdf = set_document(template, DATA)
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1
    for family in (b"NotoSans-", b"NotoSansLao"):
        assert family in pdf


def test_what_is_missing_is_a_defect(template: Path) -> None:
    with pytest.raises((RuntimeError, typst.TypstError), match="note"):
        set_document(template, {k: v for k, v in DATA.items() if k != "note"})


def test_a_drawing_stands_beside_the_template(template: Path) -> None:
    text = template.read_text(encoding="utf-8") + '#image("map.svg", width: 20mm)\n'
    template.write_text(text, encoding="utf-8")
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
    assert pages(set_document(template, DATA, drawings={"map.svg": square})) == 1
    with pytest.raises((RuntimeError, typst.TypstError), match=r"map\.svg"):
        set_document(template, DATA)


def test_an_address_becomes_a_code(template: Path) -> None:
    plain = set_document(template, DATA)
    coded = set_document(template, DATA, address="https://x.example/priorities/7/")
    assert len(coded) > len(plain) + 500
    assert qr_svg("a") != qr_svg("b")
    assert qr_svg("a").count("<path") == 1


def test_the_language_in_force_is_the_document_s(template: Path) -> None:
    with translation.override("az"):
        assert b"/Lang(az)" in set_document(template, DATA)


def test_fonts_lie_in_the_package() -> None:
    assert len(list(FONTS.glob("*.ttf"))) >= 5


def test_a_canvas_turns_metres_into_a_picture() -> None:
    canvas = Canvas((0.0, 0.0, 100.0, 50.0), 104.0)
    assert canvas.point(0.0, 50.0) == pytest.approx((2.0, 2.0))
    assert canvas.point(100.0, 0.0) == pytest.approx((102.0, 52.0))
    assert canvas.height == pytest.approx(54.0)
    hole = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert canvas.path(hole).count("M") == 2
    assert canvas.path(hole).count("Z") == 2
