"""Drop families of CSS rules that no page uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)
GROUPS = ("@media", "@supports", "@layer", "@container")


def prune_rules(css: str, families: Sequence[str]) -> str:
    """Return ``css`` without the selectors that match any of ``families`` (regexes)."""
    pattern = re.compile("|".join(families))
    return "".join(_kept(COMMENT.sub("", css), pattern))


def _kept(css: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for head, body in _rules(css):
        if body is None:
            yield head
        elif head.startswith(GROUPS):
            inner = "".join(_kept(body, pattern))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            selectors = [s for s in _selectors(head) if not pattern.search(s.strip())]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield (prelude, block) per rule, (statement, None) for ``@import`` and such."""
    start = 0
    while start < len(css):
        opening, semicolon = css.find("{", start), _statement_end(css, start)
        if semicolon != -1 and (opening == -1 or semicolon < opening):
            yield css[start : semicolon + 1], None
            start = semicolon + 1
            continue
        if opening == -1:
            return
        closing = _closing(css, opening)
        yield css[start:opening].strip(), css[opening + 1 : closing]
        start = closing + 1


def _statement_end(css: str, start: int) -> int:
    is_statement = css[start:].lstrip().startswith(("@import", "@charset", "@layer"))
    return css.find(";", start) if is_statement else -1


def _closing(css: str, opening: int) -> int:
    """Return the position of the brace that closes the one at ``opening``."""
    depth, quote, position = 0, "", opening
    while position < len(css):
        character = css[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return position
        position += 1
    raise ValueError("A block of the style sheet is never closed.")


def _selectors(head: str) -> list[str]:
    """Split a selector list at commas outside parentheses and brackets."""
    return re.split(r",(?![^(]*\))(?![^\[]*\])", head)
