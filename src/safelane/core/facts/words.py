"""Facts in words: codes by their label, areas with their unit, days as people write."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.facts.fact import Facts, Pack
from safelane.core.i18n.localize import date_text, told_day

HECTARE_M2 = 10_000
NOT_STATED: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact in words; ``before`` is set where a report changes it."""

    name: str
    label: str
    value: str
    before: str = ""

    @property
    def is_changed(self) -> bool:
        return self.value != self.before


def shown_facts(
    facts: Facts,
    values: Mapping[str, Any],
    pack: Pack,
    before: Mapping[str, Any] | None = None,
    *,
    exact: bool = True,
) -> list[ShownFact]:
    """Return facts in words, as they come; a place is drawn, not told.

    Args:
        values: Name -> value, as far as the reader may see it.
        before: What was held before, where a report changes it.
        exact: As ``is_exact`` of the row; without, a rounded number says so.
    """
    held = before or {}
    return [
        ShownFact(
            name,
            facts.label(name),
            about(
                fact_text(facts, name, value, pack),
                exact=exact or facts.coarse(name) != "round",
            ),
            fact_text(facts, name, held.get(name), pack),
        )
        for name, value in values.items()
        if value is not None and not isinstance(value, BaseGeometry | dict)
    ]


def fact_text(facts: Facts, name: str, value: Any, pack: Pack) -> str:
    """Return the value of one fact in words; empty when it is not stated.

    One that is not of the fact's kind, of a change that was altered, is told as it is.
    """
    if value in NOT_STATED:
        return ""
    fact = facts.told_as(name)
    if fact.codes:
        codes = value if isinstance(value, list | tuple) else [value]
        return ", ".join(pack.label(fact.codes, str(code)) for code in codes)
    if fact.words:
        return str(dict(fact.words).get(str(value), value))
    if fact.unit == "m2" and isinstance(value, int | float | str):
        with suppress(ValueError, OverflowError):  # nor is infinity an area
            return area_text(float(value))
    is_day = isinstance(value, str) and facts.holds_days(name)  # kept as JSON
    return day_text(told_day(value) if is_day else value)


def about(text: str, *, exact: bool) -> str:
    """Return a number in words, marked where it is rounded for its reader."""
    return text if exact or not text else f"≈ {text}"


def day_text(value: Any) -> str:
    """Return a day in the form of the page's language, anything else as it is."""
    if isinstance(value, date):
        return date_text(value)
    return "" if value is None else str(value)


def area_text(square_metres: float | None) -> str:
    """Return an area in hectares from one hectare on, else in square metres."""
    if square_metres is None:
        return ""
    if square_metres >= HECTARE_M2:
        # Digits beyond the wanted ones would be cut off, not rounded.
        rounded = round(square_metres / HECTARE_M2, 2)
        hectares = number_format(rounded, 2, use_l10n=True, force_grouping=True)
        return _("%(number)s ha") % {"number": hectares}
    whole = number_format(round(square_metres), 0, use_l10n=True, force_grouping=True)
    return _("%(number)s m²") % {"number": whole}
