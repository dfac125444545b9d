"""Dates as people write them, and which way of writing a column uses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

ISO = ""
FORMATS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%Y",
)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?$")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}.*$")
# Thai and Lao offices also write Buddhist years: 2567 is 2024.
_BUDDHIST = 543
_BUDDHIST_FROM = 2400
_EARLIEST, _LATEST = 1900, 2100


def parse_date(text: str, date_format: str) -> dt.date:
    """Return the date that ``text`` writes in ``date_format`` ("" for ISO 8601).

    Raises:
        ValueError: It is not such a date, or its year cannot be meant.
    """
    text = text.strip()
    if match := _ISO.match(text):
        return _sound(dt.date.fromisoformat(match[1]))
    if date_format == ISO:
        raise ValueError(text)
    parsed = dt.datetime.strptime(_TIME.sub("", text), date_format).date()
    return _sound(parsed)


def _sound(date: dt.date) -> dt.date:
    if date.year >= _BUDDHIST_FROM:
        date = date.replace(year=date.year - _BUDDHIST)
    if not _EARLIEST <= date.year <= _LATEST:
        raise ValueError(f"year {date.year}")
    return date


def guess_date_format(texts: Iterable[str]) -> tuple[str, float]:
    """Return the format that reads most of the texts, and its share of them.

    Day before month wins where both read everything: that is how the countries
    served write. ISO is "".
    """
    values = [t.strip() for t in texts if t and t.strip()][:200]
    if not values:
        return ISO, 0.0
    best, best_share = ISO, _share(values, ISO)
    for candidate in FORMATS:
        share = _share(values, candidate)
        if share > best_share:
            best, best_share = candidate, share
    return best, best_share


def _share(values: list[str], date_format: str) -> float:
    return sum(_reads(value, date_format) for value in values) / len(values)


def _reads(value: str, date_format: str) -> bool:
    try:
        parse_date(value, date_format)
    except ValueError:
        return False
    return True
