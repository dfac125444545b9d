"""Dates, numbers and coordinates as the reader's language writes them.

A language has one form for days (``formats``); numbers follow CLDR (Babel). Digits are
always Latin (``nu=latn``): coordinates are read out over radio and typed into
receivers, and server and browser must agree.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from django.utils.formats import date_format
from django.utils.translation import get_language

DIGITS = "latn"
ISO_DAY = re.compile(r"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def current_locale(language: str | None = None) -> Locale:
    """Return the Babel locale of ``language``, or of the page."""
    code = (language or get_language() or "en").split("-")[0]
    return Locale.parse(code)


def date_text(value: date) -> str:
    """Write a day in the one form of the page's language."""
    return date_format(value, "DATE_FORMAT")


def told_day(value: Any) -> Any:
    """Return a value that was kept as JSON; a day as pages write it, the rest as is."""
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        try:
            return date_text(date.fromisoformat(value))
        except ValueError:  # the 31st of a short month
            return value
    return value


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
