"""Rules for accident reports: pure, configured by the country pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from safelane.accidents.choices import INJURED, KILLED, UNKNOWN
from safelane.accidents.models import AccidentReport, Victim
from safelane.core.geo.measure import Bounds
from safelane.countries import Rule
from safelane.countries.findings import Breach


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the rules see it; ``bounds`` is west, south, east, north."""

    report: AccidentReport
    victims: tuple[Victim, ...]
    today: date
    bounds: Bounds


def accident_date(told: Told, rule: Rule) -> Iterator[Breach]:
    """The accident happened before it was reported."""
    day, known = told.report.occurred_on, told.report.date_of_information
    if day is None or rule.parameters["earliest"] <= day <= known:
        return
    yield Breach(
        _("The accident on %(day)s does not fit the date of information %(known)s."),
        {"day": day.isoformat(), "known": known.isoformat()},
        "occurred_on",
    )


def information_date(told: Told, _rule: Rule) -> Iterator[Breach]:
    """The date of information is not in the future."""
    day = told.report.date_of_information
    if day > told.today:
        yield Breach(
            _("The date of information, %(day)s, lies in the future."),
            {"day": day.isoformat()},
            "date_of_information",
        )


def inside_country(told: Told, rule: Rule) -> Iterator[Breach]:
    """The position lies in the box around the country."""
    point = told.report.geometry
    if point is None:
        return
    west, south, east, north = told.bounds
    margin, x, y = rule.parameters["margin_degrees"], point.x, point.y
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


def counts_agree(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Not more victims are described than counted."""
    report = told.report
    counted = ((KILLED, report.stated_killed), (INJURED, report.stated_injured))
    for outcome, stated in counted:
        described = sum(1 for victim in told.victims if victim.outcome == outcome)
        if stated is not None and described > stated:
            yield Breach(
                _(
                    "%(described)s victims are “%(outcome)s”, but the number stated "
                    "is %(stated)s."
                ),
                {"described": described, "outcome": outcome, "stated": stated},
                f"stated_{outcome}",
            )


def victims_described(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Sex and age of each victim are stated."""
    for victim in told.victims:
        if victim.sex in ("", UNKNOWN) or victim.age is None:
            yield Breach(
                _("Victim %(number)s: sex or age is not stated."),
                {"number": victim.number},
                f"victim {victim.number}",
            )


def age_plausible(told: Told, rule: Rule) -> Iterator[Breach]:
    """Nobody is absurdly old."""
    limit = rule.parameters["maximum_years"]
    for victim in told.victims:
        if victim.age is not None and victim.age > limit:
            yield Breach(
                _("Victim %(number)s: nobody is %(age)s years old."),
                {"number": victim.number, "age": victim.age},
                f"victim {victim.number}",
            )


CHECKS: Mapping[str, Callable[[Told, Rule], Iterable[Breach]]] = {
    "accident-date": accident_date,
    "accident-information-date": information_date,
    "accident-inside-country": inside_country,
    "accident-counts-agree": counts_agree,
    "accident-victims-described": victims_described,
    "accident-age-plausible": age_plausible,
}
