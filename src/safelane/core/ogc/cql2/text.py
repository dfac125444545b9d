"""CQL2 text to a syntax tree (OGC 21-065, annex B), as far as it is used here.

Precedence is NOT, AND, OR, as the standard says. Arithmetic, array functions and
comparisons between two properties are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from safelane.core.ogc.values import in_utc

MAX_DEPTH = 40
SPATIAL = {"S_INTERSECTS", "S_WITHIN", "S_CONTAINS", "S_DISJOINT"}
TEMPORAL = {"T_AFTER", "T_BEFORE", "T_DURING", "T_EQUALS", "T_INTERSECTS"}
_WKT = {
    "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
}  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_][\w.:]*)|(?P<quoted>"[^"]+")
    |(?P<operator><=|>=|<>|[=<>(),]))""",
    re.VERBOSE,
)

T = TypeVar("T")


class SyntaxFault(ValueError):
    """The text is not CQL2 that is read here; the message says where."""


class Property(NamedTuple):
    """A named property; ``folded`` under CASEI."""

    name: str
    folded: bool = False


class Folded(NamedTuple):
    """A text under CASEI."""

    text: str


class Interval(NamedTuple):
    """Two moments; None is open."""

    start: date | datetime | None
    end: date | datetime | None


@dataclass(frozen=True, slots=True)
class Node:
    """One condition: an operator and what it is applied to."""

    operator: str
    arguments: tuple[Any, ...]


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> Node:
    """Return the condition that ``text`` states.

    Raises:
        SyntaxFault: It cannot be read.
    """
    parser = _Parser(text)
    found = parser.disjunction()
    if parser.token.kind != "end":
        raise parser.fault()
    return found


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise SyntaxFault(text[position : position + 40].strip())
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind), match.end()))
        position = match.end()
    return [*found, _Token("end", "", end, end)]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def fault(self) -> SyntaxFault:
        return SyntaxFault(self.text[self.token.start :][:40] or "…")

    def takes(self, *words: str) -> bool:
        """Step over the next token if it is one of the words or signs."""
        token = self.token
        if token.kind in ("name", "operator") and token.text.upper() in words:
            self.at += 1
            return True
        return False

    def expect(self, *words: str) -> None:
        if not self.takes(*words):
            raise self.fault()

    def disjunction(self) -> Node:
        return self._chain("OR", self.conjunction)

    def conjunction(self) -> Node:
        return self._chain("AND", self.factor)

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Node(word, tuple(parts))

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault()
        found = Node("NOT", (self.factor(),)) if self.takes("NOT") else self.primary()
        self.depth -= 1
        return found

    def primary(self) -> Node:
        if self.takes("("):
            found = self.disjunction()
            self.expect(")")
            return found
        name = self.token.text.upper()
        if self.token.kind == "name" and name in SPATIAL | TEMPORAL:
            self.at += 1
            return Node(name, self._pair())
        return self.predicate()

    def _pair(self) -> tuple[Any, Any]:
        self.expect("(")
        left = self.operand()
        self.expect(",")
        right = self.operand()
        self.expect(")")
        return left, right

    def predicate(self) -> Node:
        left = self.operand()
        for sign in ("=", "<>", "<=", ">=", "<", ">"):
            if self.takes(sign):
                return Node(sign, (left, self.operand()))
        if self.takes("IS"):
            negated = self.takes("NOT")
            self.expect("NULL")
            found = Node("NULL", (left,))
            return Node("NOT", (found,)) if negated else found
        if self.token.text.upper() in ("NOT", "BETWEEN", "IN", "LIKE", "ILIKE"):
            negated = self.takes("NOT")
            found = self._ranged(left)
            return Node("NOT", (found,)) if negated else found
        if isinstance(left, Property | bool):
            return Node("TRUE", (left,))
        raise self.fault()

    def _ranged(self, left: Any) -> Node:
        if self.takes("BETWEEN"):
            low = self.operand()
            self.expect("AND")
            return Node("BETWEEN", (left, low, self.operand()))
        if self.takes("LIKE"):
            return Node("LIKE", (left, self.operand()))
        if isinstance(left, Property) and self.takes("ILIKE"):  # as GDAL writes it
            return Node("LIKE", (left._replace(folded=True), self.operand()))
        self.expect("IN")
        self.expect("(")
        listed = self._listed()
        self.expect(")")
        return Node("IN", (left, listed))

    def _listed(self) -> tuple[Any, ...]:
        found = [self.operand()]
        while self.takes(","):
            found.append(self.operand())
        return tuple(found)

    def operand(self) -> Any:
        token = self.token
        if token.kind == "string":
            self.at += 1
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            self.at += 1
            whole = token.text.lstrip("+-").isdigit()
            return int(token.text) if whole else float(token.text)
        if token.kind == "quoted":
            self.at += 1
            return Property(token.text[1:-1])
        if token.kind != "name":
            raise self.fault()
        return self._named(token)

    def _named(self, token: _Token) -> Any:
        word = token.text.upper()
        called = self.tokens[self.at + 1].text == "("
        if word in ("TRUE", "FALSE"):
            self.at += 1
            return word == "TRUE"
        if word in _WKT and called:
            return self._geometry()
        if called and word in _CALLS:
            self.at += 2
            found = _CALLS[word](self)
            self.expect(")")
            return found
        if called or word in ("AND", "OR", "NOT"):
            raise self.fault()
        self.at += 1
        return Property(token.text)

    def _geometry(self) -> BaseGeometry:
        start, depth = self.token.start, 0
        self.at += 1
        while True:
            token = self.token
            if token.kind == "end":
                raise self.fault()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            self.at += 1
            if depth == 0:
                break
        try:
            return shapely.from_wkt(self.text[start : token.end])
        except shapely.errors.ShapelyError as error:
            raise SyntaxFault(self.text[start : start + 40]) from error

    def _from_text(self, read: Callable[[str], T]) -> T:
        token = self.token
        value = self.operand()
        try:
            return read(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise SyntaxFault(token.text) from error

    def _interval(self) -> Interval:
        start = self._from_text(_end)
        self.expect(",")
        return Interval(start, self._from_text(_end))

    def _fold(self) -> Property | Folded:
        value = self.operand()
        if isinstance(value, Property):
            return Property(value.name, folded=True)
        if isinstance(value, str):
            return Folded(value)
        raise self.fault()


_CALLS: dict[str, Callable[[_Parser], Any]] = {
    "DATE": lambda parser: parser._from_text(date.fromisoformat),
    "TIMESTAMP": lambda parser: parser._from_text(_instant),
    "INTERVAL": _Parser._interval,
    "CASEI": _Parser._fold,
    "BBOX": _Parser._listed,
}


def _instant(text: str) -> datetime:
    return in_utc(datetime.fromisoformat(text))


def _end(text: str) -> date | datetime | None:
    if text == "..":
        return None
    return date.fromisoformat(text) if len(text) == 10 else _instant(text)
