"""Rules for accident reports and what follows from facts of victims: pure.

The country pack says the codes and the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from shapely import box

from safelane.accidents.facts import INJURED, KILLED, UNKNOWN
from safelane.accidents.models import AccidentReport, Victim
from safelane.core.geo.measure import Bounds
from safelane.core.scope.nearby import Refs, references
from safelane.countries import CountryPack, Rule
from safelane.countries.findings import Breach

SEVERE_DEGREE = 2


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
    room = rule.parameters["margin_degrees"]
    if not box(west - room, south - room, east + room, north + room).covers(point):
        yield Breach(
            _(
                "The accident lies outside the country, at %(lon)s, %(lat)s. Are "
                "latitude and longitude swapped, or is it another zone?"
            ),
            {"lon": round(point.x, 4), "lat": round(point.y, 4)},
            (point.x, point.y),
        )


def _rows(victims: Iterable[Victim]) -> Refs:
    """Return whom a finding speaks of: it is told to who may see them all."""
    return references(Victim, [victim.pk for victim in victims])


def counts_agree(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Not more victims are described than counted."""
    report = told.report
    counted = ((KILLED, report.stated_killed), (INJURED, report.stated_injured))
    for outcome, stated in counted:
        counted_so = [v for v in told.victims if v.outcome == outcome]
        described = len(counted_so)
        if stated is not None and described > stated:
            yield Breach(
                _(
                    "%(described)s victims are “%(outcome)s”, but the number stated "
                    "is %(stated)s."
                ),
                {"described": described, "outcome": outcome, "stated": stated},
                f"stated_{outcome}",
                _rows(counted_so),
            )


def victims_described(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Sex and age of each victim are stated."""
    for victim in told.victims:
        if victim.sex in ("", UNKNOWN) or victim.age is None:
            yield Breach(
                _("Victim %(number)s: sex or age is not stated."),
                {"number": victim.number},
                f"victim {victim.number}",
                _rows([victim]),
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
                _rows([victim]),
            )


CHECKS: Mapping[str, Callable[[Told, Rule], Iterable[Breach]]] = {
    "accident-date": accident_date,
    "accident-information-date": information_date,
    "accident-inside-country": inside_country,
    "accident-counts-agree": counts_agree,
    "accident-victims-described": victims_described,
    "accident-age-plausible": age_plausible,
}


def has_disability(
    answers: Mapping[str, str], age: int | None, pack: CountryPack
) -> bool | None:
    """Return the derived flag; None when it cannot be told.

    It follows the Washington Group Short Set: a person counts as having a disability
    when at least one of the six answers is "a lot of difficulty" or "cannot do at
    all". Children under five need the Group's child module and are not classed.

    Args:
        answers: Question code -> answer code; unanswered questions are missing.
        age: Years at the accident, None when not known.
    """
    youngest = pack.parameter("disability_minimum_age")
    if not answers or (age is not None and age < youngest):
        return None
    given = [pack.code_of("wgss_answer", answer) for answer in answers.values()]
    degrees = [int(code.data.get("degree", -1)) for code in given if code]
    if any(degree >= SEVERE_DEGREE for degree in degrees):
        return True
    asked = {code.code for code in pack.code_list("wgss_question").codes}
    return False if asked <= answers.keys() else None


def age_group_of(age: int | None, pack: CountryPack) -> str:
    """Return the code of the age group, or ``unknown``."""
    if age is None:
        return UNKNOWN
    for code in pack.code_list("age_group").codes:
        begin = code.data.get("from_age")
        if begin is not None and begin <= age <= code.data.get("to_age", age):
            return code.code
    return UNKNOWN
