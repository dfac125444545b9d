"""Evidence, type and status: what land may become (IMAS 07.11, IMAS 08.10)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from safelane.countries import Rule
from safelane.countries.findings import Breach, Count
from safelane.hazards.rules.facts import ReportFacts


def direct_evidence_for_cha(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """An area becomes confirmed only with direct evidence."""
    if facts.kind_after == facts.kind_before:
        return
    minimum, rows = rule.parameters["minimum"], facts.near_rows
    confirmed = facts.kind_after in rule.parameters["confirmed"]
    found = Count("found", facts.direct_evidence - len(rows), rows, minimum)
    if confirmed and found.own < minimum:
        message = _(
            "A confirmed hazardous area needs direct evidence: %(found)s found, "
            "%(minimum)s needed. Add the evidence to this report, or keep the "
            "area suspected."
        )
        values = {"found": facts.direct_evidence, "minimum": minimum}
        yield Breach(message, values, "kind", facts.before_rows, found)


def cha_needs_polygon(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """A confirmed area has a perimeter."""
    changed = facts.kind_after != facts.kind_before
    confirmed = facts.kind_after in rule.parameters["confirmed"]
    if changed and confirmed and not facts.ground_known and facts.geometry is None:
        message = _(
            "A confirmed hazardous area needs the polygon of its perimeter. Draw, "
            "type or load it."
        )
        yield Breach(message, {}, "geometry", facts.before_rows)


def closing_with_direct_evidence(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Land with direct evidence inside is not closed before work on it."""
    changed = facts.status_after != facts.status_before
    closing = changed and facts.status_after in rule.parameters["closing"]
    worked = facts.status_before in rule.parameters["after_work"]
    if not closing or worked:
        return
    rows = facts.inside_rows
    inside = Count("count", facts.direct_inside - len(rows), rows)
    # Said of nothing too where something may lie out of the author's sight: whether
    # somebody else must decide may not tell that it lies inside.
    if inside.stands or facts.nearby_finds:
        message = _(
            "%(count)s pieces of direct evidence lie inside, and no work on the area "
            "is recorded. Report the work first, or withdraw the evidence if it is "
            "wrong."
        )
        values = {"count": facts.direct_inside}
        yield Breach(message, values, "status", facts.before_rows, inside)


def kind_transition(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The type follows the land release process."""
    message = _(
        "The type cannot change from “%(before)s” to “%(after)s”. If the earlier "
        "report was wrong, withdraw it."
    )
    before, after = facts.kind_before, facts.kind_after
    if not _is_allowed(before, after, rule):
        values = {"before": before, "after": after}
        yield Breach(message, values, "kind", facts.before_rows)


def status_transition(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The status follows the work."""
    message = _(
        "The status cannot change from “%(before)s” to “%(after)s”. Report the "
        "steps between, or withdraw the report that was wrong."
    )
    before, after = facts.status_before, facts.status_after
    if not _is_allowed(before, after, rule):
        values = {"before": before, "after": after}
        yield Breach(message, values, "status", facts.before_rows)


def same_day(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Of two reports of one day, what the one approved first states stays."""
    if facts.same_day:
        message = _(
            "An approved report of the same day, %(day)s, speaks of this area already. "
            "What it states stays, even where this one says otherwise: withdraw it to "
            "correct it, or give the day on which the right facts were learned."
        )
        values = {"day": facts.date_of_information.isoformat()}
        yield Breach(message, values, "date_of_information", facts.before_rows)


def area_moved(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """What lies far from where the area was may be another one."""
    if facts.moved_m is not None and facts.moved_m > rule.parameters["metres"]:
        message = _(
            "The place given lies %(distance)s km from where this area lies so far. Is "
            "it another area, or are its coordinates wrong?"
        )
        values = {"distance": round(facts.moved_m / 1000, 1)}
        yield Breach(message, values, "geometry", facts.moved_rows)


def _is_allowed(before: str, after: str, rule: Rule) -> bool:
    if not before or not after or before == after:
        return True
    return after in rule.parameters["allowed"].get(before, ())


def reopening_needs_reason(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Whoever opens an area again says why."""
    left = facts.status_before in rule.parameters["from"]
    opened = facts.status_after in rule.parameters["to"]
    if left and opened and not facts.status_reason.strip():
        message = _("Say why this area is opened again.")
        values = {"before": facts.status_before}
        yield Breach(message, values, "status_reason", facts.before_rows)
