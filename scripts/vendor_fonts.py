"""Fonts: web subsets as woff2 with their unicode ranges, and TTF for printed pages."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = {"Regular": 400, "Bold": 700}
WEB_WEIGHTS = (400, 700)

FACE = """@font-face {{
  font-family: "{family}";
  font-style: normal;
  font-display: swap;
  font-weight: 400 700;
  src: url("{file}") format("woff2");
  unicode-range: {ranges};
}}
"""


def web_font(source: Path, ranges: str) -> bytes:
    """Return a woff2 with the code points of ``ranges`` and weights 400 to 700."""
    limited = instancer.instantiateVariableFont(_read(source), {"wght": WEB_WEIGHTS})
    limited.flavor = None
    font = _read(BytesIO(_saved(limited)))  # the subsetter wants tables as stored
    options = subset.Options(layout_features=["*"], notdef_outline=True)
    options.flavor = "woff2"
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points(ranges))
    subsetter.subset(font)
    font.flavor = "woff2"
    return _saved(font)


def code_points(ranges: str) -> list[int]:
    """Return the code points of a CSS ``unicode-range``."""
    points: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        points.extend(range(int(first, 16), int(last or first, 16) + 1))
    return points


def face(family: str, file: str, ranges: str) -> str:
    """Return the ``@font-face`` rule of one subset."""
    return FACE.format(family=family, file=file, ranges=ranges)


def print_font(sources: Sequence[Path], weight: int) -> bytes:
    """Return one static TTF at ``weight`` merged from the subsets of a family."""
    parts = []
    for source in sources:
        font = instancer.instantiateVariableFont(
            _read(source), {"wght": weight}, updateFontNames=True
        )
        font.flavor = None
        parts.append(BytesIO(_saved(font)))
    if len(parts) == 1:
        return parts[0].getvalue()
    merged = Merger().merge(parts)
    merged.recalcTimestamp = False
    dates = _read(sources[0])["head"]
    merged["head"].created, merged["head"].modified = dates.created, dates.modified
    return _saved(merged)


def _read(source: Path | BytesIO) -> TTFont:
    """Open a font whose date stays as it is, so that renewing twice gives the same."""
    return TTFont(source, recalcTimestamp=False)


def _saved(font: TTFont) -> bytes:
    target = BytesIO()
    font.save(target)
    return target.getvalue()
