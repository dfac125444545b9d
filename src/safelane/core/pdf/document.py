"""Setting a document: a part's template, its data, and the look of the house."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

import safelane

LOOK = Path(__file__).with_name("house.typ")
FONTS = Path(safelane.__file__).parent / "static" / "vendor" / "fonts-ttf"


def set_document(
    template: Path,
    data: Mapping[str, Any],
    *,
    drawings: Mapping[str, str] | None = None,
    address: str = "",
) -> bytes:
    """Return a document as PDF, in the language in force.

    Args:
        template: The part's typst file. It imports ``house.typ`` and reads
            ``data.json``.
        data: ``title``, ``subtitle`` and ``made`` (the line at the foot), and whatever
            the template shows.
        drawings: Name -> SVG, beside the template.
        address: Where the document's record stands; printed as a QR code.

    Raises:
        RuntimeError: Typst cannot set the document (a defect of the template).
    """
    shell = {
        "language": (get_language() or "en").split("-")[0],
        "page_word": _("page"),
        "qr": bool(address),
    }
    files = dict(drawings or {})
    if address:
        files["qr.svg"] = qr_svg(address)
    files["data.json"] = json.dumps({**shell, **data}, ensure_ascii=False)
    with tempfile.TemporaryDirectory(prefix="safelane-document-") as folder:
        room = Path(folder)
        for name, text in files.items():
            (room / name).write_text(text, encoding="utf-8")
        (room / LOOK.name).write_bytes(LOOK.read_bytes())
        (room / template.name).write_bytes(template.read_bytes())
        pdf: bytes = typst.compile(
            room / template.name,
            root=room,
            font_paths=[FONTS],
            ignore_system_fonts=True,
        )
    return pdf


def qr_svg(text: str) -> str:
    """Return a QR code that still reads with 15 % of it gone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0)
    return out.getvalue().decode("utf-8")
