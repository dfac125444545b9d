"""Dates, numbers and coordinates as the reader's language writes them (Babel, CLDR).

Digits are always Latin (``nu=latn``): coordinates are read out over radio and typed
into receivers, and server and browser must agree.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from django.utils.translation import get_language

DIGITS = "latn"


def current_locale(language: str | None = None) -> Locale:
    """Return the Babel locale of ``language``, or of the page."""
    code = (language or get_language() or "en").split("-")[0]
    return Locale.parse(code)


def date_text(value: date, style: str = "medium", language: str | None = None) -> str:
    """Write a date; ``style`` is short, medium or long."""
    return babel_date(value, style, locale=current_locale(language))


def number_text(
    value: float | int | Decimal, digits: int = 0, language: str | None = None
) -> str:
    """Write a number with at most ``digits`` decimals."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(
        value, format=pattern, locale=current_locale(language), numbering_system=DIGITS
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
