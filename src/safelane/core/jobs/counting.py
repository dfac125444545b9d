"""What long work needs to know of whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Counter(Protocol):
    """A job's progress, or a progress bar of the command line."""

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
        """Begin a part of the work; ``total`` None when it is unknown."""

    def advance(self, count: int = 1, message: str | None = None) -> None:
        """Note ``count`` more things done."""

    def check(self) -> None:
        """Raise if the work is to stop here."""
