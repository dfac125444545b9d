"""Texts that a spreadsheet program would run as a formula, in files that are only text.

One rule for all that write or read such a file: an apostrophe before what may run, and
before what would be read as such an apostrophe, so that each text comes back equal.
"""

from __future__ import annotations

import re

# OWASP's list, with what programs take for these signs (full-width and small forms) and
# what they pass over before them: spaces of all kinds, and characters without width or
# that only set the direction of writing.
_PASSED_OVER = r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e" + (
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_RUNS = re.compile(rf"'*(?:[\t\r\n]|{_PASSED_OVER}*{_SIGNS})")


def escaped(text: str) -> str:
    """Return a text that no spreadsheet runs: an apostrophe keeps it a text."""
    return f"'{text}" if _RUNS.match(text) else text


def unescaped(text: str) -> str:
    """Return what :func:`escaped` was given."""
    return text[1:] if text[:1] == "'" and _RUNS.match(text, 1) else text
