"""Rules for accident reports and what follows from facts of victims: pure.

The country pack says the codes and the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from shapely import box

from safelane.accidents.facts import INJURED, KILLED, UNKNOWN
from safelane.accidents.models import AccidentReport, Victim
from safelane.core.geo.measure import Bounds, distance_m
from safelane.core.review.models import apart_m
from safelane.core.review.numbering import other_persons
from safelane.core.scope.nearby import Refs, refer_to
from safelane.countries import CountryPack, Rule
from safelane.countries.checks import in_the_future
from safelane.countries.findings import Breach, Text

SEVERE_DEGREE = 2
UNSAID = ("", UNKNOWN)


@dataclass(frozen=True, slots=True)
class Told:
    """A report as rules see it; ``known`` to others, with the records to be seen."""

    report: AccidentReport
    victims: tuple[Victim, ...]
    known_victims: Mapping[int, Victim]  # of the accident, by other reports
    today: date
    bounds: Bounds  # west, south, east, north
    known: Sequence[tuple[Mapping[str, Any], Refs]]


def accident_date(told: Told, rule: Rule) -> Iterator[Breach]:
    """The accident happened before it was reported."""
    day, known = told.report.occurred_on, told.report.date_of_information
    if day is None or rule.parameters["earliest"] <= day <= known:
        return
    said = _("The accident on %(day)s does not fit the date of information %(known)s.")
    days = {"day": day.isoformat(), "known": known.isoformat()}
    yield Breach(said, days, "occurred_on")


def information_date(told: Told, _rule: Rule) -> Iterator[Breach]:
    """The date of information is not in the future."""
    return in_the_future(told.report.date_of_information, told.today)


def inside_country(told: Told, rule: Rule) -> Iterator[Breach]:
    """The position lies in the box around the country."""
    point, room = told.report.geometry, rule.parameters["margin_degrees"]
    around = box(*told.bounds).buffer(room, join_style="mitre")
    if point is None or around.covers(point):
        return
    message = _(
        "The accident lies outside the country, at %(lon)s, %(lat)s. Are "
        "latitude and longitude swapped, or is it another zone?"
    )
    values = {"lon": round(point.x, 4), "lat": round(point.y, 4)}
    yield Breach(message, values, (point.x, point.y))


def hazard_near(told: Told, rule: Rule) -> Iterator[Breach]:
    """The hazardous area that is named lies where the accident happened."""
    report, hazard = told.report, told.report.hazard
    is_placed = report.geometry is not None or report.knows_area
    here = report if is_placed else report.accident
    if hazard is None or here is None:
        return
    metres = apart_m(here, hazard)
    if metres and metres - (here.accuracy_m or 0) > rule.parameters["metres"]:
        message = _(
            "The hazardous area “%(area)s” lies %(distance)s km from where the "
            "accident happened. Is it another area, or is the place wrong?"
        )
        values = {"area": hazard.reference, "distance": round(metres / 1000, 1)}
        rows = refer_to(hazard) if is_placed else refer_to(hazard, here)
        yield Breach(message, values, "hazard", rows)


def accident_moved(told: Told, rule: Rule) -> Iterator[Breach]:
    """What happened far away, or on another day, may be another accident."""
    for known, rows in told.known:
        yield from _moved(told.report, known, rows, rule)


def _moved(
    report: AccidentReport, known: Mapping[str, Any], rows: Refs, rule: Rule
) -> Iterator[Breach]:
    place, day = known.get("geometry"), known.get("occurred_on")
    metres = distance_m(report.geometry, place) if report.geometry and place else 0
    if metres > rule.parameters["metres"]:
        message = _(
            "The place given lies %(distance)s km from where this accident lies so "
            "far. Is it another accident, or are its coordinates wrong?"
        )
        values = {"distance": round(metres / 1000, 1)}
        yield Breach(message, values, "geometry", rows)
    if day and report.occurred_on and report.occurred_on != day:
        message = _(
            "This accident is known to have happened on %(known)s, not on %(day)s. Is "
            "it another accident, or is one of the days wrong?"
        )
        days = {"day": report.occurred_on.isoformat(), "known": day.isoformat()}
        yield Breach(message, days, "occurred_on", rows)


def counts_agree(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Not more victims are described than counted."""
    message = _(
        "%(described)s victims are “%(outcome)s”, but the number stated is %(stated)s."
    )
    for outcome in (KILLED, INJURED):
        where = f"stated_{outcome}"
        stated = getattr(told.report, where)
        rows = refer_to(*(v for v in told.victims if v.outcome == outcome))
        if stated is not None and len(rows) > stated:
            values = {"described": len(rows), "outcome": outcome, "stated": stated}
            yield Breach(message, values, where, rows)


def victims_described(told: Told, _rule: Rule) -> Iterator[Breach]:
    """Sex and age of each victim are stated."""
    message = _("Victim %(number)s: sex or age is not stated.")
    for victim in told.victims:
        if victim.sex in UNSAID or victim.age is None:
            yield _of(victim, message)


def victim_known(told: Told, rule: Rule) -> Iterator[Breach]:
    """Who has the number of a known victim is of the same sex and about as old."""
    message = _(
        "Victim %(number)s is known as a person of another sex or age. Is it a further "
        "victim, with a number of its own, or is one of them wrong?"
    )
    near = {"sex": 0, "age": rule.parameters["years"]}
    for victim, other in other_persons(told.victims, told.known_victims, near, UNSAID):
        yield _of(victim, message, other)


def age_plausible(told: Told, rule: Rule) -> Iterator[Breach]:
    """Nobody is absurdly old."""
    message = _("Victim %(number)s: nobody is %(age)s years old.")
    for victim in told.victims:
        if victim.age is not None and victim.age > rule.parameters["maximum_years"]:
            yield _of(victim, message, age=victim.age)


def _of(victim: Victim, message: Text, *others: Victim, **values: Any) -> Breach:
    values["number"] = victim.number
    return Breach(message, values, f"victim {victim.number}", refer_to(victim, *others))


CHECKS: Mapping[str, Callable[[Told, Rule], Iterable[Breach]]] = {
    "accident-date": accident_date,
    "accident-information-date": information_date,
    "accident-inside-country": inside_country,
    "accident-hazard-near": hazard_near,
    "accident-moved": accident_moved,
    "accident-counts-agree": counts_agree,
    "accident-victims-described": victims_described,
    "accident-victim-known": victim_known,
    "accident-age-plausible": age_plausible,
}


def has_disability(
    answers: Mapping[str, str], age: int | None, pack: CountryPack
) -> bool | None:
    """Return the derived flag; None when it cannot be told.

    It follows the Washington Group Short Set: a person counts as having a disability
    when at least one of the six answers is "a lot of difficulty" or "cannot do at
    all". Children under five need the Group's child module and are not classed.
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
    found = None if age is None else pack.code_spanning("age_group", "age", age)
    return found.code if found else UNKNOWN
