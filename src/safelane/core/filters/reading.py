"""Reading the values of a query string; what cannot be read is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.geo.measure import Bounds

LONGEST = 200
MOST_DIGITS = 18
DAY_LENGTH = len("2024-06-01")
Query = Mapping[str, Any]


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


def number_of(query: Query, name: str) -> int | None:
    text = text_of(query, name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise unreadable(name, text)
    return int(text)


def day_of(query: Query, name: str) -> date | None:
    text = text_of(query, name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError as error:
        raise unreadable(name, text) from error
    if day is None:
        raise unreadable(name, text)
    return day


def moment_of(query: Query, name: str) -> datetime | None:
    """Return a moment; a bare day means its last: it reads back as that day."""
    text = text_of(query, name)
    if len(text) <= DAY_LENGTH:
        day = day_of(query, name)
        return None if day is None else end_of(day)
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError as error:
        raise unreadable(name, text) from error
    if moment is None:
        raise unreadable(name, text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return timezone.make_aware(datetime.combine(day, time.max))


def box_of(query: Query, name: str) -> Bounds | None:
    """Return west, south, east, north; west beyond east crosses the 180th meridian."""
    text = text_of(query, name)
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise unreadable(name, text) from error
    numbers = (west, south, east, north)
    inside = abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90
    if not all(map(math.isfinite, numbers)) or not inside or not south <= north <= 90:
        raise unreadable(name, text)
    return numbers


def unreadable(name: str, value: str) -> InvalidInput:
    """Return the fault that a value cannot be read."""
    text = _("“%(value)s” cannot be read as “%(name)s”. Correct it or leave it out.")
    return InvalidInput(text % {"value": value[:60], "name": name}, field=name)
