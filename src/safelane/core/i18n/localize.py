"""Dates, numbers and coordinates as the reader's language writes them (Babel, CLDR).

Digits are always Latin (``nu=latn``): coordinates are read out over radio and typed
into receivers, and server and browser must agree.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language

DIGITS = "latn"


def current_locale(language: str | None = None) -> Locale:
    """Return the Babel locale of ``language``, or of the page."""
    code = (language or get_language() or "en").split("-")[0]
    return Locale.parse(code)


def date_text(value: date, style: str = "medium", language: str | None = None) -> str:
    """Write a date; ``style`` is short, medium or long."""
    return babel_date(value, style, locale=current_locale(language))


def moment_text(
    value: datetime, style: str = "medium", language: str | None = None
) -> str:
    """Write a moment in the time zone in force."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return babel_datetime(local, style, locale=current_locale(language))


def number_text(
    value: float | int | Decimal, digits: int = 0, language: str | None = None
) -> str:
    """Write a number with at most ``digits`` decimals."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(
        value,
        format=pattern,
        locale=current_locale(language),
        numbering_system=DIGITS,
    )


def fixed_text(value: float, digits: int, language: str | None = None) -> str:
    """Write a number with exactly ``digits`` decimals and no grouping."""
    return format_decimal(
        value,
        format="0" + ("." + "0" * digits if digits else ""),
        locale=current_locale(language),
        group_separator=False,
        numbering_system=DIGITS,
    )


def area_text(square_metres: float, language: str | None = None) -> str:
    """Write an area: m² below one hectare, ha below 100 ha, else km²."""
    if square_metres < 10_000:
        return f"{number_text(round(square_metres), 0, language)} m²"
    if square_metres < 1_000_000:
        return f"{number_text(square_metres / 10_000, 1, language)} ha"
    return f"{number_text(square_metres / 1_000_000, 2, language)} km²"


def coordinate_text(
    longitude: float, latitude: float, digits: int = 6, language: str | None = None
) -> str:
    """Write a position, latitude first, with a hemisphere letter and no sign.

    The letters N, S, E and W and the order are the same in every language, so that a
    position read out loud in one is typed right in another.
    """
    north = f"{fixed_text(abs(latitude), digits, language)}° {'SN'[latitude >= 0]}"
    east = f"{fixed_text(abs(longitude), digits, language)}° {'WE'[longitude >= 0]}"
    return f"{north} {east}"
