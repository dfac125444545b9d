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
    told_day,
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
    texts: tuple[str, ...] = (
        number_text(1234.5, 2, language),
        fixed_text(-0.5, 3, language),
    )
    with translation.override(language):
        texts += (date_text(date(2026, 3, 5)),)
    digits = [char for text in texts for char in text if char.isdigit()]
    assert all("0" <= char <= "9" for char in digits)


def test_dates_by_language() -> None:
    for language, said in (
        ("lo", "05/03/2026"),
        ("az", "05.03.2026"),
        ("en", "5 Mar 2026"),
    ):
        with translation.override(language):
            assert date_text(date(2026, 3, 5)) == said
            assert told_day("2026-03-05") == said


@pytest.mark.parametrize("value", ["2026-02-30", "0000-01-01", "2026-03-05b", 7, None])
def test_what_is_no_day_stays_as_it_is(value: object) -> None:
    assert told_day(value) == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_one_form_for_days(language: str) -> None:
    with translation.override(language):
        for kind in ("DATE_FORMAT", "DATETIME_FORMAT"):
            assert formats.get_format(kind) == formats.get_format(f"SHORT_{kind}")


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
