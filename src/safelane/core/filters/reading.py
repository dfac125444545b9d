"""Reading the values of a query string; what cannot be read is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.geo.measure import Bounds
from safelane.core.i18n.letters import tidy

LONGEST = 200
MOST_DIGITS = 18
DAY_LENGTH = len("2024-06-01")
Query = Mapping[str, Any]
T = TypeVar("T")


def text_of(query: Query, name: str, *, longest: int = LONGEST) -> str:
    """Return a text as :func:`tidy` keeps it; the last where several are given."""
    value = query.get(name, "")
    if isinstance(value, list | tuple):
        value = value[-1] if value else ""
    text = tidy(str("" if value is None else value))
    if "\x00" in text:
        raise unreadable(name, "\\x00")
    return text[:longest]


def codes_of(query: Query, name: str) -> tuple[str, ...]:
    """Return codes: given several times, or with commas."""
    getlist = getattr(query, "getlist", None)
    values = getlist(name) if getlist else query.get(name, [])
    if isinstance(values, str):
        values = [values]
    parts = [part.strip() for value in values for part in str(value).split(",")]
    if any("\x00" in part for part in parts):
        raise unreadable(name, "\\x00")
    return tuple(part for part in parts if part)


def _read(query: Query, name: str, parse: Callable[[str], T | None]) -> T | None:
    """Return what a text says; None where there is none."""
    text = text_of(query, name)
    if not text:
        return None
    try:
        found = parse(text)
    except ValueError as error:
        raise unreadable(name, text) from error
    if found is None:
        raise unreadable(name, text)
    return found


def number_of(query: Query, name: str) -> int | None:
    return _read(query, name, _number)


def _number(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain else None


def day_of(query: Query, name: str) -> date | None:
    return _read(query, name, parse_date)


def moment_of(query: Query, name: str) -> datetime | None:
    """Return a moment; a bare day means its last: it reads back as that day."""
    return _read(query, name, _moment)


def _moment(text: str) -> datetime | None:
    if len(text) <= DAY_LENGTH:
        day = parse_date(text)
        moment = None if day is None else end_of(day)
    else:
        moment = parse_datetime(text.replace(" ", "+"))
    # The first and the last year have hours that other time zones cannot write.
    if moment is None or not MINYEAR < moment.year < MAXYEAR:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return timezone.make_aware(datetime.combine(day, time.max))


def box_of(query: Query, name: str) -> Bounds | None:
    """Return west, south, east, north; west beyond east crosses the 180th meridian."""
    return _read(query, name, _box)


def _box(text: str) -> Bounds | None:
    west, south, east, north = numbers = tuple(float(part) for part in text.split(","))
    inside = abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90
    is_box = all(map(math.isfinite, numbers)) and inside and south <= north <= 90
    return (west, south, east, north) if is_box else None


def unreadable(name: str, value: str) -> InvalidInput:
    """Return the fault that a value cannot be read."""
    text = _("“%(value)s” cannot be read as “%(name)s”. Correct it or leave it out.")
    return InvalidInput(text % {"value": value[:60], "name": name}, field=name)


def refuse_unknown(query: Query, known: Collection[str]) -> None:
    """Refuse a name that nothing reads: a misspelt filter would narrow nothing.

    Raises:
        InvalidInput: It names the first that is unknown, and those that there are.
    """
    if unknown := sorted(set(query) - set(known)):
        said = _("There is no parameter “%(name)s” here. There are: %(names)s.")
        listed = ", ".join(sorted(known)) or "-"
        raise InvalidInput(said % {"name": unknown[0][:60], "names": listed})


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

    @property
    def known_words(self) -> str:
        """Return the moment as people write it: a day stands for its end."""
        if self.known_at is None:
            return _("today")
        local = timezone.localtime(self.known_at)
        is_day = local == end_of(local.date())
        return date_format(local, "DATE_FORMAT" if is_day else "DATETIME_FORMAT")

    @property
    def words(self) -> str:
        """Say of which day the answer tells, and from whose knowledge."""
        day, known = date_format(self.day, "DATE_FORMAT"), self.known_words
        if self.known_at is None and self.day > timezone.localdate():
            return _("What would be true on %(day)s by what is known today.") % {
                "day": day
            }
        if self.known_at is None:
            return _("What was true on %(day)s, as known today.") % {"day": day}
        said = _("What was known on %(known)s.")
        if self.as_of is not None:
            said = _("What was true on %(day)s, as known on %(known)s.")
        later = _("What was reported or learned later is left out.")
        return said % {"day": day, "known": known} + f" {later}"

    def pairs(self) -> dict[str, str]:
        """Return what ``parse`` reads back."""
        day = "" if self.as_of is None else self.as_of.isoformat()
        values = {"as_of": day, "known_at": self.known_text}
        return {name: value for name, value in values.items() if value}


NOW = Moment()
