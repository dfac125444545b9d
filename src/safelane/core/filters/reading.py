"""Reading the values of a query string; what cannot be read is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.geo.measure import Bounds

LONGEST = 200
MOST_DIGITS = 18
DAY_LENGTH = len("2024-06-01")
Query = Mapping[str, Any]
T = TypeVar("T")


def text_of(query: Query, name: str) -> str:
    """Return a text without the spaces around it; the last where several are given."""
    value = query.get(name, "")
    if isinstance(value, list | tuple):
        value = value[-1] if value else ""
    text = str("" if value is None else value).strip()
    if "\x00" in text:
        raise unreadable(name, "\\x00")
    return text[:LONGEST]


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
    if len(text_of(query, name)) <= DAY_LENGTH:
        day = day_of(query, name)
        return None if day is None else end_of(day)
    return _read(query, name, _moment)


def _moment(text: str) -> datetime | None:
    moment = parse_datetime(text.replace(" ", "+"))
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment)


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
