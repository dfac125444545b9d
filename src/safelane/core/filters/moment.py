"""Which past is asked for: what was true on a day, as it was known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from safelane.core.filters.reading import Query, day_of, end_of, moment_of

NAMES = ("as_of", "known_at")
# A long import writes for hours under the moment at which it began.
SETTLES_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """Both dates of an answer; without either it tells what is known now.

    Args:
        as_of: The day of which it tells; today when None.
        known_at: As it was known at this moment; now when None.
    """

    as_of: date | None = None
    known_at: datetime | None = None

    @classmethod
    def parse(cls, query: Query) -> Moment:
        """Read ``as_of`` and ``known_at`` of a query string.

        Raises:
            InvalidInput: One cannot be read; the message names it.
        """
        return cls(day_of(query, "as_of"), moment_of(query, "known_at"))

    @property
    def is_past(self) -> bool:
        """Say whether a past state is asked for."""
        return self.as_of is not None or self.known_at is not None

    @property
    def day(self) -> date:
        """Return the day whose truth is asked for."""
        return self.as_of or timezone.localdate()

    @property
    def knowledge(self) -> datetime:
        """Return the moment whose knowledge is asked for."""
        from safelane.core.history.clock import present  # pages load before models

        return self.known_at or present()

    @property
    def is_settled(self) -> bool:
        """Say whether nothing that is written from now on can change the answer."""
        if self.as_of is None or self.known_at is None:
            return False
        return self.known_at < timezone.now() - SETTLES_AFTER

    @property
    def known_text(self) -> str:
        """Return the moment as it is typed: a day stands for its end."""
        if self.known_at is None:
            return ""
        day = timezone.localdate(self.known_at)
        is_day = self.known_at == end_of(day)
        return day.isoformat() if is_day else self.known_at.isoformat()

    def pairs(self) -> dict[str, str]:
        """Return what ``parse`` reads back."""
        day = "" if self.as_of is None else self.as_of.isoformat()
        values = {"as_of": day, "known_at": self.known_text}
        return {name: value for name, value in values.items() if value}
