"""Dates, depths, counts and positions that can be true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from safelane.countries import Rule
from safelane.countries.findings import Breach, Count
from safelane.hazards.choices import DIRECT
from safelane.hazards.rules.facts import FindFacts, ReportFacts


def information_date(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The date of information is neither in the future nor absurdly old."""
    day, earliest = facts.date_of_information, rule.parameters["earliest"]
    if day > facts.today:
        yield Breach(
            _("The date of information, %(day)s, lies in the future."),
            {"day": day.isoformat()},
            "date_of_information",
        )
    if day < earliest:
        yield Breach(
            _("The date of information, %(day)s, lies before %(earliest)s."),
            {"day": day.isoformat(), "earliest": earliest.isoformat()},
            "date_of_information",
        )


def find_date(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Nothing is found after it was reported, nor absurdly early."""
    earliest: date = rule.parameters["earliest"]
    for find in facts.finds:
        if find.found_on is None:
            continue
        if earliest <= find.found_on <= facts.date_of_information:
            continue
        yield Breach(
            _(
                "%(label)s: found on %(found)s, which does not fit the report's date "
                "of information %(day)s."
            ),
            {
                "label": find.label,
                "found": find.found_on.isoformat(),
                "day": facts.date_of_information.isoformat(),
            },
            (find.geometry.x, find.geometry.y),
        )


def _depths(facts: ReportFacts) -> Iterator[tuple[str, int]]:
    if facts.depth_cm is not None:
        yield "depth_cm", facts.depth_cm
    for find in facts.finds:
        if find.depth_cm is not None:
            yield find.label, find.depth_cm


def depth_plausible(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """No depth is beyond reach or above the ground."""
    maximum = rule.parameters["maximum_cm"]
    for label, depth in _depths(facts):
        if not 0 <= depth <= maximum:
            yield Breach(
                _(
                    "%(label)s: a depth of %(depth)s cm is not between 0 and "
                    "%(maximum)s."
                ),
                {"label": label, "depth": depth, "maximum": maximum},
                label,
            )


def depth_unusual(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Depths of metres are shown."""
    unusual = rule.parameters["unusual_cm"]
    for label, depth in _depths(facts):
        if depth > unusual:
            yield Breach(
                _("%(label)s: %(depth)s cm is unusually deep. Check the unit."),
                {"label": label, "depth": depth},
                label,
            )


def count_plausible(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """A find counts at least one and not absurdly many."""
    maximum = rule.parameters["maximum"]
    for find in facts.finds:
        if not 1 <= find.count <= maximum:
            yield Breach(
                _("%(label)s: a count of %(count)s is not between 1 and %(maximum)s."),
                {"label": find.label, "count": find.count, "maximum": maximum},
                find.label,
            )


def count_unusual(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Large counts at one position are shown."""
    for find in facts.finds:
        if find.count > rule.parameters["unusual"]:
            yield Breach(
                _("%(label)s: %(count)s items at one position are unusual."),
                {"label": find.label, "count": find.count},
                find.label,
            )


def position_accuracy(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Direct evidence is placed well enough for fade-out."""
    limit = rule.parameters["metres"]
    for find in facts.finds:
        if find.directness != "direct":
            continue
        if find.accuracy_m is None:
            message = _("%(label)s: the accuracy of the position is not stated.")
        elif find.accuracy_m > limit:
            message = _(
                "%(label)s: the position is good to %(accuracy)s m only; fade-out "
                "wants %(limit)s m."
            )
        else:
            continue
        values = {"label": find.label, "accuracy": find.accuracy_m, "limit": limit}
        yield Breach(message, values, (find.geometry.x, find.geometry.y))


def confirming_evidence_near(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Direct evidence that confirms an area lies in it or near it."""
    if facts.kind_after in rule.parameters["confirmed"]:
        yield from _far(facts, rule, [f for f in facts.finds if _is_direct(f)])


def evidence_near_area(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Other evidence and finds far from the area they are reported for are shown."""
    confirmed = facts.kind_after in rule.parameters["confirmed"]
    finds = [f for f in facts.finds if not (confirmed and _is_direct(f))]
    yield from _far(facts, rule, finds)


def _is_direct(find: FindFacts) -> bool:
    return find.directness == DIRECT


def _far(
    facts: ReportFacts, rule: Rule, finds: Iterable[FindFacts]
) -> Iterator[Breach]:
    limit = rule.parameters["metres"]
    for find in finds:
        metres = find.from_area_m
        if metres is None:
            continue
        if metres <= limit and not facts.nearby_finds:
            continue
        yield Breach(
            _(
                "%(label)s lies %(distance)s m from the area that it is reported for; "
                "at most %(limit)s m are possible. Correct the position, or report it "
                "for the area in which it lies."
            ),
            {"label": find.label, "distance": round(metres), "limit": limit},
            (find.geometry.x, find.geometry.y),
            facts.ground_rows,
            Count("far", int(metres > limit)),
        )
