"""Read dates as people and programs write them, and find out how a column does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

ISO = ""
FORMATS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%m/%d/%Y",
    "%m-%d-%Y",
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
# Behind a day only its time may stand, with a zone; never a second day.
_CLOCK = (
    r"\d{1,2}(?::\d\d){1,2}(?:[.,]\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|GMT)?\s*(?:[+-]\d\d(?::?\d\d)?)?(?:\[[\w/]+\])?"
)
ISO_DAY = re.compile(rf"(\d{{4}})-(\d\d?)-(\d\d?)(?:[T ]\s*{_CLOCK}|T|Z)?$")
_EPOCH_BEGINS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Milliseconds, as ArcGIS writes dates; of fewer digits it could be a written moment.
_EPOCH = re.compile(r"1\d{12}")
_RUN_ON = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?")
_TIME = re.compile(rf"[ T,]\s*{_CLOCK}$")
_AMERICAN = re.compile(r"\d\s*[AP]M$", re.I)
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
    if match := ISO_DAY.match(text) or _RUN_ON.fullmatch(text):
        return _sound(dt.date(*map(int, match.groups())))
    if _EPOCH.fullmatch(text):
        since = dt.timedelta(milliseconds=int(text))
        return _sound(timezone.localdate(_EPOCH_BEGINS + since))
    if date_format == ISO:
        raise ValueError(text)
    if date_format == "%Y%m%d" and not re.fullmatch(r"\d{8}", text):
        raise ValueError(text)  # of six digits, strptime makes a day of January
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
    served write; but not where hours are told with AM and PM. ISO is "".
    """
    values = [t.strip() for t in texts if t and t.strip()]
    is_american = any(map(_AMERICAN.search, values))
    formats = sorted(FORMATS, key=lambda f: is_american and not f.startswith("%m"))
    read = {f: sum(reads(parse_date, v, f) for v in values) for f in (ISO, *formats)}
    best = max(read, key=read.__getitem__)
    return best, read[best] / max(1, len(values))


def months_first(texts: Iterable[str], date_format: str) -> dict[str, str]:
    """Return a date that is another one, as all could be, with the month first.

    Points stand in dates that have the day first.
    """
    found: dict[str, str] = {}
    other = date_format.translate(_SWAPPED)
    if date_format.startswith("%d") and other in FORMATS:
        for text in (t for t in texts if reads(parse_date, t, date_format)):
            if not reads(parse_date, text, other):
                return {}
            day = parse_date(text, date_format)
            if not found and day != parse_date(text, other):
                found = {"value": text, "read": day.isoformat()}
    return found


def of_two_kinds(texts: Iterable[str], date_format: str) -> dict[str, str]:
    """Return a true date, and one typed otherwise, where a column holds both.

    A spreadsheet that wants the month first makes a date of what was typed 03/04, with
    day and month swapped, and leaves 25/04 as the text that it is; one that wants the
    day first does so with 04/03 and 04/25. Points stand for no month that is first.
    """
    values = list(texts)
    true = next((t for t in values if (m := ISO_DAY.match(t)) and int(m[3]) < 13), "")
    typed = next((t for t in values if not ISO_DAY.match(t)), "")
    if true and typed and re.match("%[dm][/-]%[dm]", date_format):
        return {"typed": typed, "value": true}
    return {}


_SWAPPED = str.maketrans("dm", "md")


def reads(parse: Callable[..., object], *given: Any) -> bool:
    """Say whether a text can be read so."""
    try:
        parse(*given)
    except ValueError:
        return False
    return True
