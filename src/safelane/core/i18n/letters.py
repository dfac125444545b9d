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
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LIKE_LATIN = re.compile("[\u0370-\u052f]")
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # noqa: RUF001
    "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXo",
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


def tidy_name(text: str) -> str:
    """Return what a record is called as it is kept: one kind of hyphen, single spaces.

    Word processors make other hyphens and dashes of what is typed.
    """
    return " ".join(_HYPHENS.sub("-", tidy(text)).split())


def look(text: str) -> str:
    """Return the same for two names that nobody can tell apart on paper.

    Letters of Cyrillic and Greek become the Latin ones that look alike.
    """
    text = tidy_name(text)
    if text.isascii():
        return text
    return tidy_name(unicodedata.normalize("NFKC", text).translate(_ALIKE))


def mixes_scripts(text: str) -> bool:
    """Say whether Latin letters stand beside Cyrillic or Greek ones."""
    return bool(_LATIN.search(text) and _LIKE_LATIN.search(text))


def any_case(text: str) -> str:
    """Return a text whose capitals and small letters are equal, also İ, I, ı and i."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0307", "").replace("ı", "i")
