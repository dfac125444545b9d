"""Which accidents are asked for: one reading of a query string for every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.scope import Precision

LONGEST = 200
DISTRICT_LEVEL = 2


@dataclass(frozen=True, slots=True)
class AccidentFilter:
    """Filters of the list; empty ones do not narrow it.

    Args:
        q: Words in the reference.
        country: ISO 3166-1 alpha-3.
        date_from, date_to: Date of the accident, both included.
        as_of: Show what was true on this day ...
        known_at: ... as it was known at the end of this day.
    """

    q: str = ""
    kind: str = ""
    cause: str = ""
    country: str = ""
    date_from: date | None = None
    date_to: date | None = None
    as_of: date | None = None
    known_at: date | None = None

    @property
    def is_past(self) -> bool:
        """Say whether a past state is asked for."""
        return self.as_of is not None or self.known_at is not None

    @property
    def day(self) -> date:
        """Return the day whose truth is asked for."""
        return self.as_of or timezone.localdate()

    @property
    def moment(self) -> datetime:
        """Return the moment whose knowledge is asked for."""
        if self.known_at is None:
            return timezone.now()
        end = datetime.combine(self.known_at + timedelta(days=1), time.min)
        return timezone.make_aware(end)

    @classmethod
    def parse(cls, query: Mapping[str, Any]) -> AccidentFilter:
        """Read a ``QueryDict``.

        Raises:
            InvalidInput: A date cannot be read.
        """
        return cls(
            q=_text(query, "q"),
            kind=_text(query, "kind"),
            cause=_text(query, "cause"),
            country=_text(query, "country"),
            date_from=_day(query, "date_from"),
            date_to=_day(query, "date_to"),
            as_of=_day(query, "as_of"),
            known_at=_day(query, "known_at"),
        )

    def condition(self, *, coarse: bool) -> Q:
        """Return the filter; it tells no more of a row than its precision shows.

        The date of an accident is blurred to its year on coarse rows, so a span of
        days narrows exact rows only and coarse ones by whole years.
        """
        found = Q()
        if self.q:
            found &= Q(reference__icontains=self.q)
        for name in ("kind", "cause"):
            if value := getattr(self, name):
                found &= Q(**{name: value})
        if self.country:
            found &= Q(country__code=self.country.upper())
        return found & self._dates(coarse)

    def _dates(self, coarse: bool) -> Q:
        exact, rough = Q(), Q()
        if self.date_from:
            exact &= Q(occurred_on__gte=self.date_from)
            rough &= Q(occurred_on__year__gte=self.date_from.year)
        if self.date_to:
            exact &= Q(occurred_on__lte=self.date_to)
            rough &= Q(occurred_on__year__lte=self.date_to.year)
        if not coarse:
            return exact
        is_exact = Q(precision=Precision.EXACT)
        return (is_exact & exact) | (Q(precision__gt=Precision.EXACT) & rough)


def _text(query: Mapping[str, Any], name: str) -> str:
    text = str(query.get(name) or "").strip()
    if "\x00" in text:
        raise _unreadable(name, "\\x00")
    return text[:LONGEST]


def _day(query: Mapping[str, Any], name: str) -> date | None:
    text = _text(query, name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError as error:
        raise _unreadable(name, text) from error
    if day is None:
        raise _unreadable(name, text)
    return day


def _unreadable(name: str, value: str) -> InvalidInput:
    text = _("“%(value)s” cannot be read as “%(name)s”. Correct it or leave it out.")
    return InvalidInput(text % {"value": value[:60], "name": name}, field=name)
