"""Dates, numbers and positions in every language, with Latin digits everywhere."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.utils import formats, translation

from safelane.core.i18n.localize import (
    date_text,
    fixed_text,
    number_text,
)

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "1,234,567.9"), ("lo", "1.234.567,9"), ("az", "1.234.567,9"),
     ("my", "1,234,567.9"), ("ru", "1\xa0234\xa0567,9")],
)  # fmt: skip
def test_numbers(language: str, expected: str) -> None:
    assert number_text(1_234_567.89, 1, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_are_latin_everywhere(language: str) -> None:
    texts = (
        number_text(1234.5, 2, language),
        fixed_text(-0.5, 3, language),
        date_text(date(2026, 3, 5), "short", language),
    )
    digits = [char for text in texts for char in text if char.isdigit()]
    assert all("0" <= char <= "9" for char in digits)


def test_dates_by_language() -> None:
    day = date(2026, 3, 5)
    assert date_text(day, "long", "lo") == "5 ມີນາ 2026"
    assert date_text(day, "long", "az") == "5 mart 2026"
    assert date_text(day, "long", "en") == "March 5, 2026"


@pytest.mark.parametrize("language", ["lo", "my"])
def test_django_formats_of_languages_it_lacks(language: str) -> None:
    with translation.override(language):
        assert (
            formats.date_format(date(2026, 3, 5), "SHORT_DATE_FORMAT") == "05/03/2026"
        )
        assert formats.get_format("DATE_INPUT_FORMATS")[0] == "%d/%m/%Y"
    with translation.override("lo"):
        assert formats.number_format(1234.5, 1, use_l10n=True, force_grouping=True) == (
            "1.234,5"
        )
