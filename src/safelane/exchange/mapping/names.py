"""Names of columns and words, compared without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from safelane.core.i18n.letters import tidy

CAMEL = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])")
# Letters that carry no accent mark to strip but are written without it on keyboards.
_FOLD = str.maketrans({"ə": "e", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ё": "е"})
# Lao letters that are typed as one or as two.
_JOINED = {"ຫນ": "ໜ", "ຫມ": "ໝ"}
_BREAK = re.compile(r"[\s_()\[\]{},;:./\\|°'\"-]+")


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Return ``text`` without case, accents of Latin letters and punctuation.

    Marks of Lao, Thai and other scripts are part of their letters and stay.
    """
    text = CAMEL.sub(" ", tidy(text))
    decomposed = unicodedata.normalize("NFD", text.casefold())
    kept = [c for c in decomposed if not "\u0300" <= c <= "\u036f"]
    plain = unicodedata.normalize("NFC", "".join(kept)).translate(_FOLD)
    for apart, joined in _JOINED.items():
        plain = plain.replace(apart, joined)
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c)[0] == "M")


def words_of(text: str) -> list[str]:
    """Return the words of a column's name, each folded."""
    return [
        word for part in _BREAK.split(CAMEL.sub(" ", text)) if (word := folded(part))
    ]


def likeness(one: str, other: str) -> float:
    """Return 1 for the same name, 0 for nothing in common."""
    a, b = folded(one), folded(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)):
        return 0.8 + 0.1 * min(len(a), len(b)) / max(len(a), len(b))
    return SequenceMatcher(None, a, b).ratio()
