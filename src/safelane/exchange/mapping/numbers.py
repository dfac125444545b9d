"""Numbers as people write them: spaces, commas, units."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_UNIT = re.compile(r"\s*(m2|m²|sqm|sq\.?\s*m|кв\.?\s*м|ha|га|m|м|cm|см)\.?$", re.I)
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"^\s*[-+]?\d{1,3}([ .\u00a0\u202f]\d{3})*,\d+\s*$")
_THOUSANDS = re.compile(r"^\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*$")


def parse_number(text: str, decimal_comma: bool = False) -> float:
    """Return the finite number that ``text`` writes.

    A trailing unit of length or square metres is dropped; hectares become square
    metres.

    Raises:
        ValueError: It is not a finite number.
    """
    unit = _UNIT.search(text)
    bare = (text[: unit.start()] if unit else text).translate(_SPACES)
    if decimal_comma:
        bare = bare.replace(".", "").replace(",", ".")
    else:
        bare = bare.replace(",", "") if _THOUSANDS.match(text) else bare
    if not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    value = float(bare)
    if not math.isfinite(value):
        raise ValueError(text)
    in_hectares = unit is not None and unit[1].lower() in {"ha", "га"}
    return value * 10_000 if in_hectares else value


def guess_decimal_comma(texts: Iterable[str]) -> bool:
    """Say whether a column is written with decimal commas.

    "1,500" alone is ambiguous and read as fifteen hundred; "1,5" or "1.500,25" settle
    it.
    """
    values = [t for t in texts if t][:500]
    commas = sum(bool(_COMMA.match(v)) and not _THOUSANDS.match(v) for v in values)
    points = sum("." in v and not _COMMA.match(v) for v in values)
    return commas > points


def is_number(text: str) -> bool:
    """Say whether ``text`` can be read as a number in either way of writing."""
    try:
        parse_number(text, decimal_comma="," in text)
    except ValueError:
        return False
    return True
