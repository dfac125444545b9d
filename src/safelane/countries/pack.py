"""A country pack as typed values: codes, rules, parameters, levels, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.translation import get_language

from safelane.countries.errors import UnknownList, UnknownParameter, UnknownRule

FALLBACK_LANGUAGE = "en"


class Dated(Protocol):
    """Something in force from a day (None: always) until a day (None: still)."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


def in_force(item: Dated, on: date) -> bool:
    """Say whether a dated item holds on a day; ``valid_to`` is the first day after."""
    begun = item.valid_from is None or item.valid_from <= on
    return begun and (item.valid_to is None or on < item.valid_to)


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text in a language (the active one), else in English."""
    wanted = (language or get_language() or FALLBACK_LANGUAGE).lower()
    for key in (wanted, wanted.partition("-")[0], FALLBACK_LANGUAGE):
        if texts.get(key):
            return texts[key]
    return next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list.

    Args:
        labels: Language -> label.
        drafts: Languages whose label nobody of the country has confirmed yet.
        parent: Code of another list that this one belongs to, or "".
        confirm: The national authority must confirm the value itself.
        data: Further figures of the value, such as a symbol colour.
    """

    code: str
    labels: Mapping[str, str]
    drafts: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    parent: str = ""
    confirm: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the label in the active language, else in English."""
        return in_language(self.labels)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A named list of codes, in the order in which people choose from it."""

    name: str
    titles: Mapping[str, str]
    codes: tuple[Code, ...]
    source: str = ""

    @property
    def title(self) -> str:
        return in_language(self.titles)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule.

    Args:
        clause: Clause of the standard, in the form ``IMAS 07.11 (clause …)``.
        severity: ``block`` or ``warn``.
        subject: What it looks at: a rule subject that a part declares.
        confirm: Taken from general knowledge; the national authority must confirm it.
    """

    key: str
    clause: str
    titles: Mapping[str, str]
    wording: str
    severity: str
    valid_from: date
    subject: str
    valid_to: date | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    confirm: bool = False
    note: str = ""

    @property
    def version(self) -> str:
        return f"{self.key}@{self.valid_from.isoformat()}"

    @property
    def title(self) -> str:
        return in_language(self.titles)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One version of one number or switch of the programme."""

    key: str
    value: Any
    unit: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    confirm: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class AdminLevel:
    """A level of the administration; 1 is the level below the country."""

    level: int
    key: str
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        return in_language(self.names)


@dataclass(frozen=True, slots=True)
class CountryPack:
    """Everything that differs from country to country.

    Args:
        code: Folder name, such as ``laos``.
        country_code: ISO 3166-1 alpha-3.
        bounds: west, south, east, north in WGS 84 degrees.
        utm_zones: EPSG codes of the zones that cover the country.
        sensitivity: Data class -> sensitivity class.
        precision: Data class -> coarsest place shown to readers.
        version: Declared version and hash of all files, ``2026.1+1a2b3c4d5e6f``.
    """

    code: str
    country_code: str
    iso2: str
    names: Mapping[str, str]
    authority: Mapping[str, str]
    languages: tuple[str, ...]
    levels: tuple[AdminLevel, ...]
    bounds: tuple[float, float, float, float]
    crs: str
    utm_zones: tuple[int, ...]
    sensitivity: Mapping[str, str]
    precision: Mapping[str, str]
    lists: Mapping[str, CodeList]
    all_rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    version: str

    @property
    def name(self) -> str:
        """Return the country's English name."""
        return self.names[FALLBACK_LANGUAGE]

    def code_list(self, name: str) -> CodeList:
        """Return a code list with the codes of all times.

        Raises:
            UnknownList: The pack has none of this name.
        """
        try:
            return self.lists[name]
        except KeyError as error:
            raise UnknownList(f"{self.code}: no code list “{name}”.") from error

    def codes(self, name: str, on: date | None = None) -> tuple[Code, ...]:
        """Return the codes in force on a day; on no day named, those of today."""
        day = on or date.today()
        return tuple(c for c in self.code_list(name).codes if in_force(c, day))

    def code_of(self, name: str, code: str) -> Code | None:
        """Return one code of any time, or None when the list does not know it."""
        return next((c for c in self.code_list(name).codes if c.code == code), None)

    def code_spanning(self, name: str, figure: str, number: float) -> Code | None:
        """Return the first code whose ``from_`` and ``to_`` a figure hold a number."""
        for code in self.code_list(name).codes:
            begin = code.data.get(f"from_{figure}")
            if begin is not None and begin <= number <= code.data.get(
                f"to_{figure}", number
            ):
                return code
        return None

    def label(self, name: str, code: str, language: str | None = None) -> str:
        """Return a code's label; a code that the list never knew stands for itself."""
        known = self.code_of(name, code)
        return code if known is None else in_language(known.labels, language)

    def choices(self, name: str, on: date | None = None) -> list[tuple[str, str]]:
        """Return (code, label) pairs for a form, in the active language."""
        return [(c.code, c.label) for c in self.codes(name, on)]

    def rules(
        self, on: date | None = None, subject: str | None = None
    ) -> tuple[Rule, ...]:
        """Return the rules in force on a day (today), on one subject or all."""
        day = on or date.today()
        asked = (r for r in self.all_rules if subject in (None, r.subject))
        return tuple(rule for rule in asked if in_force(rule, day))

    def rule(self, key: str, on: date | None = None) -> Rule:
        """Return the version of a rule in force on a day (today).

        Raises:
            UnknownRule: There is none.
        """
        for rule in self.rules(on):
            if rule.key == key:
                return rule
        raise UnknownRule(f"{self.code}: no rule “{key}” in force on {on or 'today'}.")

    def parameter(self, key: str, on: date | None = None) -> Any:
        """Return the value of a parameter in force on a day (today).

        Raises:
            UnknownParameter: There is none.
        """
        day = on or date.today()
        for item in self.parameters:
            if item.key == key and in_force(item, day):
                return item.value
        raise UnknownParameter(f"{self.code}: no parameter “{key}” on {day}.")

    def level_name(self, level: int) -> str:
        """Return the name of an admin level in the active language."""
        return next((lv.name for lv in self.levels if lv.level == level), str(level))
