"""Setting a document: a part's template, its data, and the look of the house."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import segno
import shapely
import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

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


class Canvas:
    """Metric coordinates to picture coordinates, y downwards."""

    def __init__(self, bounds: tuple[float, float, float, float], width: float) -> None:
        west, south, east, north = bounds
        margin = 0.02 * (east - west)
        self.west, self.north = west - margin, north + margin
        self.scale = width / (east - west + 2 * margin)
        self.width = width
        self.height = (north - south + 2 * margin) * self.scale

    def path(self, geometry: BaseGeometry) -> str:
        """Return the path data of a polygon or multipolygon."""
        rings = []
        for part in shapely.get_parts(geometry):
            if part.geom_type == "Polygon":
                rings += [part.exterior, *part.interiors]
        return "".join(self._ring(shapely.get_coordinates(ring)) for ring in rings)

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.west) * self.scale, (self.north - y) * self.scale

    def _ring(self, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> str:
        pairs = [self.point(x, y) for x, y in points]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in pairs) + "Z"
