"""Rules for accident reports: pure, configured by the country pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from shapely.geometry import Point

from safelane.accidents.choices import INJURED, KILLED, UNKNOWN
from safelane.countries import CountryPack, Rule
from safelane.countries.findings import Breach, Finding, ask_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimFacts:
    """What the rules see of one victim."""

    number: int
    sex: str = ""
    age: int | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccidentReportFacts:
    """One report as the rules see it; ``bounds`` is west, south, east, north."""

    today: date
    date_of_information: date
    bounds: tuple[float, float, float, float]
    occurred_on: date | None = None
    geometry: Point | None = None
    stated_killed: int | None = None
    stated_injured: int | None = None
    victims: tuple[VictimFacts, ...] = ()


Check = Callable[[AccidentReportFacts, Rule], Iterable[Breach]]


def accident_date(facts: AccidentReportFacts, rule: Rule) -> Iterator[Breach]:
    """The accident happened before it was reported."""
    day = facts.occurred_on
    if day is None or rule.parameters["earliest"] <= day <= facts.date_of_information:
        return
    yield Breach(
        _("The accident on %(day)s does not fit the date of information %(known)s."),
        {"day": day.isoformat(), "known": facts.date_of_information.isoformat()},
        "occurred_on",
    )


def information_date(facts: AccidentReportFacts, _rule: Rule) -> Iterator[Breach]:
    """The date of information is not in the future."""
    if facts.date_of_information > facts.today:
        yield Breach(
            _("The date of information, %(day)s, lies in the future."),
            {"day": facts.date_of_information.isoformat()},
            "date_of_information",
        )


def inside_country(facts: AccidentReportFacts, rule: Rule) -> Iterator[Breach]:
    """The position lies in the box around the country."""
    if facts.geometry is None:
        return
    west, south, east, north = facts.bounds
    margin, x, y = rule.parameters["margin_degrees"], facts.geometry.x, facts.geometry.y
    inside = west - margin <= x <= east + margin
    if not (inside and south - margin <= y <= north + margin):
        yield Breach(
            _(
                "The accident lies outside the country, at %(lon)s, %(lat)s. Are "
                "latitude and longitude swapped, or is it another zone?"
            ),
            {"lon": round(x, 4), "lat": round(y, 4)},
            (x, y),
        )


def counts_agree(facts: AccidentReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Not more victims are described than counted."""
    counted = ((KILLED, facts.stated_killed), (INJURED, facts.stated_injured))
    for outcome, stated in counted:
        described = sum(1 for victim in facts.victims if victim.outcome == outcome)
        if stated is not None and described > stated:
            yield Breach(
                _(
                    "%(described)s victims are “%(outcome)s”, but the number stated "
                    "is %(stated)s."
                ),
                {"described": described, "outcome": outcome, "stated": stated},
                f"stated_{outcome}",
            )


def victims_described(facts: AccidentReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Sex and age of each victim are stated."""
    for victim in facts.victims:
        if victim.sex in ("", UNKNOWN) or victim.age is None:
            yield Breach(
                _("Victim %(number)s: sex or age is not stated."),
                {"number": victim.number},
                f"victim {victim.number}",
            )


def age_plausible(facts: AccidentReportFacts, rule: Rule) -> Iterator[Breach]:
    """Nobody is absurdly old."""
    limit = rule.parameters["maximum_years"]
    for victim in facts.victims:
        if victim.age is not None and victim.age > limit:
            yield Breach(
                _("Victim %(number)s: nobody is %(age)s years old."),
                {"number": victim.number, "age": victim.age},
                f"victim {victim.number}",
            )


CHECKS: Mapping[str, Check] = {
    "accident-date": accident_date,
    "accident-information-date": information_date,
    "accident-inside-country": inside_country,
    "accident-counts-agree": counts_agree,
    "accident-victims-described": victims_described,
    "accident-age-plausible": age_plausible,
}


def evaluate(facts: AccidentReportFacts, pack: CountryPack, on: date) -> list[Finding]:
    """Return what the rules in force on a day find, blocking ones first."""
    return ask_rules(pack.rules(on, "accident"), CHECKS, facts)
