"""Threads that change turns more often while one of them feeds a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = sys.getswitchinterval()
_SHORT = 0.0005


@contextmanager
def short_turns() -> Iterator[None]:
    """Let a thread that works in Python give way after half a millisecond in the block.

    SQLite takes three milliseconds for a statement of several hundred rows, and the
    usual wait for Python before the next one is five.
    """
    sys.setswitchinterval(_SHORT)
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL)
