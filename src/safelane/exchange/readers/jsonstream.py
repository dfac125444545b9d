"""Walk through one large JSON document without holding it in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from safelane.exchange.files.limits import Limits

_CHUNK = 1 << 20
_MAX_VALUE = 64 << 20
_SPACE = re.compile(r"[ \t\r\n]*")


def _refuse_constant(name: str) -> float:
    return float("nan")  # NaN and Infinity become a fault of their row


class JsonStream:
    """A cursor in a text: values are decoded one at a time from a sliding window."""

    def __init__(self, text: TextIO, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._held = ""
        self._at = 0
        self._ended = False
        self._seen = 0
        self._decode = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode

    def progress(self, path: Path) -> float:
        """Return the share of the file that has been taken in, about."""
        return min(1.0, self._seen / max(1, path.stat().st_size))

    def member(self, wanted: str) -> Any:
        """Return a member of the top object that stands before the features."""
        if self._peek() != "{":
            return None
        for name in self._members():
            if name == "features":
                return None
            value = self._value()
            if name == wanted:
                return value
        return None

    def features(self) -> Iterator[Any]:
        """Yield the features of a collection, or the one thing that the text is.

        Raises:
            ValueError: The text is not JSON, or stops too early.
        """
        if self._peek() == "[":
            yield from self._array()
            return self._expect_end()
        if self._is_collection():
            yield from self._collection()
            return self._expect_end()
        while self._peek():
            yield self._value()
        return None

    def _is_collection(self) -> bool:
        start = self._held[self._at : self._at + 65536]
        return '"features"' in start or '"FeatureCollection"' in start

    def _collection(self) -> Iterator[Any]:
        found = False
        for name in self._members():
            if name == "features" and self._peek() == "[":
                found = True
                yield from self._array()
            else:
                self._value()
        if not found:
            raise ValueError("the collection has no features")

    def _members(self) -> Iterator[str]:
        """Yield the names of an object's members; the caller consumes each value."""
        self._expect("{")
        if self._peek() == "}":
            return self._expect("}")
        while True:
            name = self._value()
            if not isinstance(name, str):
                raise ValueError("a member of the object has no name")
            self._expect(":")
            yield name
            if self._peek() != ",":
                return self._expect("}")
            self._expect(",")

    def _array(self) -> Iterator[Any]:
        self._expect("[")
        if self._peek() == "]":
            return self._expect("]")
        while True:
            yield self._value()
            if self._peek() != ",":
                return self._expect("]")
            self._expect(",")

    def _peek(self) -> str:
        """Return the next character that is not space; "" at the end."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def _expect(self, char: str) -> None:
        found = self._peek()
        if found != char:
            shown = found or "the end of the file"
            raise ValueError(f"{char} expected, found {shown}")
        self._at += 1

    def _expect_end(self) -> None:
        if self._peek():
            raise ValueError("there is more after the end of the document")

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except json.JSONDecodeError:
                if len(self._held) - self._at > _MAX_VALUE or not self._more():
                    raise
                continue
            # A number at the very end of the window may go on in the next chunk.
            if end == len(self._held) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        # Doubling keeps re-decoding of one huge value linear.
        chunk = self._text.read(max(_CHUNK, len(self._held) - self._at))
        self._ended = not chunk
        self._seen += len(chunk)
        self._held = self._held[self._at :] + chunk
        self._at = 0
        return bool(chunk)
