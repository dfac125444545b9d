"""Breaking off reads of SQLite that take too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.utils.translation import gettext as _

from safelane.core.errors import TookTooLong

STEPS = 5_000  # of SQLite's machine between two looks at the clock: about a millisecond


class Deadline:
    """The time by which the present statement, or portion of rows, must be there."""

    def __init__(self) -> None:
        self.at: float | None = None

    def is_over(self) -> bool:
        return self.at is not None and monotonic() > self.at

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Allow this long for what is done inside; None allows any time.

        Raises:
            TookTooLong: It took longer.
        """
        self.at = None if seconds is None else monotonic() + seconds
        try:
            yield
        except sqlite3.OperationalError as error:
            if seconds is None or str(error) != "interrupted":
                raise
            raise took_too_long(seconds) from error
        finally:
            self.at = None


def took_too_long(seconds: float) -> TookTooLong:
    """Return the fault that says which limit was met and what to do."""
    return TookTooLong(
        _(
            "This question took longer than %(seconds)s seconds and was broken off."
            " Narrow it: a smaller area, fewer days, or a simpler filter."
        )
        % {"seconds": f"{seconds:g}"}
    )
