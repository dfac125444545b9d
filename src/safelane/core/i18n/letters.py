"""One way of writing what looks the same: composed letters and plain spaces."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# The vowel am of Lao and Thai is typed as one sign or as two, with the tone in between.
_AM = (
    (re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2"), "\\1\u0eb3"),
    (re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32"), "\\1\u0e33"),
)


def tidy(text: str) -> str:
    """Return a text as it is kept, without the spaces around it.

    Two texts that nobody can tell apart are equal afterwards: telephones and computers
    write accents, vowels and spaces in several ways.
    """
    if not text.isascii():
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
        for pattern, written in _AM:
            text = pattern.sub(written, text)
    return text.strip()


def any_case(text: str) -> str:
    """Return a text whose capitals and small letters are equal, also İ, I, ı and i."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0307", "").replace("ı", "i")
