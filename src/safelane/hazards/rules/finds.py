"""Dates, depths, counts and positions that can be true, and boxes of a survey.

Boxes are those of a cluster munition survey (IMAS 08.20/02).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack, Rule
from safelane.countries.checks import in_the_future
from safelane.countries.findings import Breach, Count
from safelane.hazards.choices import BOX_SUBMUNITION, DIRECT
from safelane.hazards.rules.facts import BoxFacts, FindFacts, ReportFacts

SIZE_PARAMETER = "box_size_m"


def information_date(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The date of information is neither in the future nor absurdly old."""
    day, earliest = facts.date_of_information, rule.parameters["earliest"]
    yield from in_the_future(day, facts.today)
    if day < earliest:
        message = _("The date of information, %(day)s, lies before %(earliest)s.")
        values = {"day": day.isoformat(), "earliest": earliest.isoformat()}
        yield Breach(message, values, "date_of_information")


def find_date(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Nothing is found after it was reported, nor absurdly early."""
    earliest: date = rule.parameters["earliest"]
    message = _(
        "%(label)s: found on %(found)s, which does not fit the report's date "
        "of information %(day)s."
    )
    for find in facts.finds:
        found, day = find.found_on, facts.date_of_information
        if found is not None and not earliest <= found <= day:
            days = {"found": found.isoformat(), "day": day.isoformat()}
            yield Breach(message, {"label": find.label, **days}, _place(find))


def _depths(facts: ReportFacts) -> Iterator[tuple[str, int]]:
    of_finds = [(find.label, find.depth_cm) for find in facts.finds]
    every = [("depth_cm", facts.depth_cm), *of_finds]
    return ((label, depth) for label, depth in every if depth is not None)


def depth_plausible(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """No depth is beyond reach or above the ground."""
    maximum = rule.parameters["maximum_cm"]
    message = _("%(label)s: a depth of %(depth)s cm is not between 0 and %(maximum)s.")
    for label, depth in _depths(facts):
        if not 0 <= depth <= maximum:
            values = {"label": label, "depth": depth, "maximum": maximum}
            yield Breach(message, values, label)


def depth_unusual(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Depths of metres are shown."""
    message = _("%(label)s: %(depth)s cm is unusually deep. Check the unit.")
    for label, depth in _depths(facts):
        if depth > rule.parameters["unusual_cm"]:
            yield Breach(message, {"label": label, "depth": depth}, label)


def count_plausible(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """A find counts at least one and not absurdly many."""
    maximum = rule.parameters["maximum"]
    message = _("%(label)s: a count of %(count)s is not between 1 and %(maximum)s.")
    for find in facts.finds:
        if not 1 <= find.count <= maximum:
            values = {"label": find.label, "count": find.count, "maximum": maximum}
            yield Breach(message, values, find.label)


def count_unusual(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Large counts at one position are shown."""
    message = _("%(label)s: %(count)s items at one position are unusual.")
    for find in facts.finds:
        if find.count > rule.parameters["unusual"]:
            values = {"label": find.label, "count": find.count}
            yield Breach(message, values, find.label)


def position_accuracy(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Direct evidence is placed well enough for fade-out."""
    limit = rule.parameters["metres"]
    for find in filter(_is_direct, facts.finds):
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
        yield Breach(message, values, _place(find))


def confirming_evidence_near(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Direct evidence that confirms an area lies in it or near it."""
    if facts.kind_after in rule.parameters["confirmed"]:
        yield from _far(facts, rule, filter(_is_direct, facts.finds))


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
    message = _(
        "%(label)s lies %(distance)s m from the area that it is reported for; "
        "at most %(limit)s m are possible. Correct the position, or report it "
        "for the area in which it lies."
    )
    for find in finds:
        metres = find.from_area_m
        if metres is not None and metres > limit:
            values = {"label": find.label, "distance": round(metres), "limit": limit}
            yield Breach(message, values, _place(find), facts.ground_rows)


def _place(item: FindFacts | BoxFacts) -> tuple[float, float]:
    middle = item.geometry.centroid
    return middle.x, middle.y


def usual_size(pack: CountryPack) -> int:
    """Return the side of a box in a country, in metres."""
    return int(pack.parameter(SIZE_PARAMETER))


def box_date(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """No box is searched after it was reported."""
    message = _(
        "Box %(label)s: searched on %(searched)s, which is after the report's "
        "date of information %(day)s."
    )
    for box in facts.boxes:
        searched, day = box.searched_on, facts.date_of_information
        if searched is not None and searched > day:
            days = {"searched": searched.isoformat(), "day": day.isoformat()}
            yield Breach(message, {"label": box.label, **days}, _place(box))


def box_size(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Boxes have the size that is usual in the country."""
    message = _("Box %(label)s: %(size)s m is not the usual size of %(usual)s m.")
    usual = facts.box_size_m
    for box in facts.boxes:
        if usual not in (None, box.size_m):
            values = {"label": box.label, "size": box.size_m, "usual": usual}
            yield Breach(message, values, _place(box))


def box_searched_share(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Where nothing was found, enough was searched."""
    wanted = round((facts.box_share or 0) * 100)
    for box in facts.boxes:
        if box.result not in rule.parameters["results"]:
            continue
        if box.searched_percent is None:
            message = _("Box %(label)s: the share that was searched is not stated.")
        elif box.searched_percent < wanted:
            message = _(
                "Box %(label)s: only %(share)s %% were searched; it counts as searched "
                "from %(wanted)s %% on."
            )
        else:
            continue
        values = {"label": box.label, "share": box.searched_percent, "wanted": wanted}
        yield Breach(message, values, _place(box))


def box_needs_find(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Where submunitions were found, a find or direct evidence says so."""
    message = _(
        "Box %(label)s: submunitions were found, but neither direct evidence nor a "
        "submunition in it is reported. Add it to the report."
    )
    for box in facts.boxes:
        own = box.has_find and not box.find_rows
        if box.result == BOX_SUBMUNITION and not own:
            found = Count("found", 0, box.find_rows, 1)
            values = {"label": box.label}
            yield Breach(message, values, _place(box), counted=found)
