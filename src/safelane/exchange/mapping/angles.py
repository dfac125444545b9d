"""Degrees, minutes, seconds and letters that stand in columns of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_DECIMALS = re.compile(r"\d[.,]\d*[1-9]")
_NO_DECIMALS = re.compile(r"\.0+$")


def typed_at_once(cells: Sequence[Any], sided: bool) -> str | None:
    """Return degrees, minutes, seconds and letter of a row as they are typed at once.

    What is missing is told by "?": degrees alone would lie up to 100 km off.
    """
    texts = [str(cell).strip() if is_given(cell) else "?" for cell in cells]
    numbers, side = (texts[:-1], texts[-1:]) if sided else (texts, [])
    given = [number for number in numbers if number != "?"]
    if not given:
        return None
    if given == numbers[: len(given)] and has_decimals(given[-1]):
        numbers = given
    whole = [_NO_DECIMALS.sub("", number) for number in numbers[:-1]]
    return " ".join([*whole, numbers[-1], *side])


def has_decimals(text: str) -> bool:
    """Say whether a number is no whole one."""
    return bool(_DECIMALS.search(text))


def is_given(value: Any) -> bool:
    """Say whether a cell says anything."""
    return value is not None and str(value).strip() != ""
