"""LIKE without trying again and again: the pieces between ``%`` are sought in turn.

The leftmost place of each piece is as good as any other, so nothing is tried twice: the
cost is the length of the text times that of the pattern at most.
"""

from __future__ import annotations

import re
from functools import lru_cache

ANY, ONE, ESCAPE = "%", "_", "\\"


def pieces_of(pattern: str) -> list[str]:
    """Return the pieces between ``%`` as regular expressions without repetition."""
    pieces, escaped = [""], False
    for char in pattern:
        if char == ESCAPE and not escaped:
            escaped = True
            continue
        if char == ANY and not escaped:
            pieces.append("")
        else:
            pieces[-1] += "." if char == ONE and not escaped else re.escape(char)
        escaped = False
    return pieces


@lru_cache(maxsize=256)
def _compiled(pattern: str, folded: bool) -> list[re.Pattern[str]]:
    flags = re.DOTALL | (re.IGNORECASE if folded else 0)
    return [re.compile(piece, flags) for piece in pieces_of(pattern)]


def like(text: object, pattern: str, folded: int) -> bool | None:
    """Say whether ``text`` fits ``pattern``; None, as in SQL, when there is no text.

    Args:
        folded: 1 to take capitals and small letters as equal.
    """
    if text is None:
        return None
    text = str(text)
    first, *others = _compiled(pattern, bool(folded))
    if not others:
        return first.fullmatch(text) is not None
    found = first.match(text)
    if found is None:
        return False
    at = found.end()
    for piece in others[:-1]:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    return _ends_with(others[-1], text, at)


def _ends_with(piece: re.Pattern[str], text: str, at: int) -> bool:
    """Say whether ``text`` ends with a piece, all of it behind ``at``."""
    length = len(re.sub(r"\\(.)", r"\1", piece.pattern, flags=re.DOTALL))
    start = len(text) - length
    return start >= at and piece.match(text, start) is not None
