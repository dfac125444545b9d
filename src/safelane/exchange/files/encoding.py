"""Guess the character encoding of a text that does not say it."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Older systems in the countries served: Russian and Azerbaijani Cyrillic, Thai (and
# the Lao fonts laid over it), Turkish/Azerbaijani Latin, Vietnamese, Western.
EIGHT_BIT = ("cp1251", "cp866", "koi8-r", "cp874", "cp1254", "cp1258", "cp1252")
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуыяəиһғ")
_CASE_FLIP = re.compile(r"[а-яё][А-ЯЁ]|[a-z][À-Þ]")
# Vowel signs and tones stand on a consonant; elsewhere it is no Thai.
_LOOSE_MARK = re.compile(
    "(?:^|[^\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
_THAI_MARKS = range(0x0E31, 0x0E4F)


def guess_encoding(data: bytes) -> str:
    """Return the name of a Python codec that fits the first bytes of a text.

    A byte order mark or clean UTF-8 decides; otherwise the eight-bit encodings are
    ranked by how much the result looks like writing. The person can overrule it.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if wide := _wide(data):
        return wide
    if _is_utf8(data):
        return "utf-8"
    return max(EIGHT_BIT, key=lambda name: _likelihood(data, name))


def _wide(data: bytes) -> str:
    sample = data[:4000]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError as error:
        # One damaged place in a file of clean multi-byte text is a fault of a row.
        good = sum(1 for b in data if b >= 0xC2 and b < 0xF5)
        rest = data.decode("utf-8", "replace").count("�")
        return error.start > 0 and good > 20 * rest
    return True


def _likelihood(data: bytes, encoding: str) -> float:
    text = data.decode(encoding, "replace")
    high = [c for c in text if ord(c) > 127]
    if not high:
        return 0.0
    score = sum(_weight(c) for c in high) / len(high)
    odd = len(_CASE_FLIP.findall(text)) + len(_LOOSE_MARK.findall(text))
    return (
        score - 3 * odd / len(high) - (0.2 if encoding in {"koi8-r", "cp866"} else 0.0)
    )


def _weight(char: str) -> float:
    code = ord(char)
    if char == "�" or 0x80 <= code < 0xA0 or 0x2500 <= code < 0x2600:
        return -3.0
    if 0x0400 <= code < 0x0500:
        return 1.0 if char in _COMMON_CYRILLIC else 0.35
    if 0x0E00 <= code < 0x0E60:
        return 0.9 if code in _THAI_MARKS else 0.6
    if char in "çğıöşüÇĞİÖŞÜəƏ":
        return 0.75
    return 0.5 if char.isalpha() else -0.6
