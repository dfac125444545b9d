"""Asking every rule of a country pack about one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy

from safelane.core.review.findings import BLOCK
from safelane.countries import CountryPack, Rule
from safelane.countries.findings import WARN, Breach, Count, Finding, ask_rules
from safelane.hazards.rules import finds, land, measures, shapes
from safelane.hazards.rules.facts import ReportFacts

Check = Callable[[ReportFacts, Rule], Iterable[Breach]]

# Rules on what land may become: they judge a step.
STEPS: Mapping[str, Check] = {
    "sha-to-cha-direct-evidence": land.direct_evidence_for_cha,
    "cha-needs-polygon": land.cha_needs_polygon,
    "closing-with-direct-evidence": land.closing_with_direct_evidence,
    "kind-transition": land.kind_transition,
    "status-transition": land.status_transition,
    "reopening-needs-reason": land.reopening_needs_reason,
}

CHECKS: Mapping[str, Check] = {
    **STEPS,
    "area-agrees": measures.area_agrees,
    "overlap-shown": measures.overlap_shown,
    "information-date": finds.information_date,
    "same-day": land.same_day,
    "area-moved": land.area_moved,
    "find-date": finds.find_date,
    "confirming-evidence-near": finds.confirming_evidence_near,
    "evidence-near-area": finds.evidence_near_area,
    "depth-plausible": finds.depth_plausible,
    "depth-unusual": finds.depth_unusual,
    "count-plausible": finds.count_plausible,
    "count-unusual": finds.count_unusual,
    "position-accuracy": finds.position_accuracy,
    "box-date": finds.box_date,
    "box-size": finds.box_size,
    "box-searched-share": finds.box_searched_share,
    "box-needs-find": finds.box_needs_find,
    "polygon-valid": shapes.polygon_valid,
    "duplicate-vertices": shapes.duplicate_vertices,
    "vertex-distance": shapes.vertex_distance,
    "inside-country": shapes.inside_country,
    "intermediate-points": shapes.intermediate_points,
    "traverse-closure": shapes.traverse_closure,
    "area-size": shapes.area_size,
}

# What a report must have for these to be asked of it.
NEEDS: Mapping[str, str] = {
    "find-date": "finds",
    "confirming-evidence-near": "finds",
    "evidence-near-area": "finds",
    "count-plausible": "finds",
    "count-unusual": "finds",
    "position-accuracy": "finds",
    "box-date": "boxes",
    "box-size": "boxes",
    "box-searched-share": "boxes",
    "box-needs-find": "boxes",
    "intermediate-points": "points",
    "traverse-closure": "closure_m",
}
# Rules whose answer hangs on what is recorded near a report.
ON_EVIDENCE = (
    "sha-to-cha-direct-evidence",
    "closing-with-direct-evidence",
    "box-needs-find",
)
# Rules that look at what a report says alone: at no other record or row of a file.
OF_ONE = CHECKS.keys() - {*STEPS, *ON_EVIDENCE, "overlap-shown", "same-day"}
OF_ONE -= {"area-moved", "confirming-evidence-near", "evidence-near-area"}
# Rules on the shape of an outline, asked as soon as it is given.
ON_OUTLINE = ("vertex-distance", "intermediate-points", "traverse-closure", "area-size")
NEARBY = "recorded-nearby"
MAY_OVERLAP = gettext_lazy(
    "This may overlap land that is already recorded. Operations will check."
)


def evaluate(facts: ReportFacts, pack: CountryPack, on: date) -> list[Finding]:
    """Return what the rules in force on a day find in a report.

    Args:
        on: The day whose rules apply.

    Raises:
        UnknownRule: The pack names a rule that no check stands for.
    """
    if facts.bounds is None:
        facts = replace(facts, bounds=pack.bounds)
    asked = [
        rule
        for rule in pack.rules(on, "hazard")
        if rule.key not in NEEDS or getattr(facts, NEEDS[rule.key])
    ]
    return [*ask_rules(asked, CHECKS, facts), *nearby(facts)]


def nearby(facts: ReportFacts) -> Iterator[Finding]:
    """Yield what is told, instead of all else, to who does not see what is nearby."""
    groups = ((facts.nearby_land, ()), (facts.nearby_finds, ON_EVIDENCE))
    for rows, doubts in groups:
        if rows:
            yield Finding(NEARBY, "", "", WARN, MAY_OVERLAP, about=rows, doubts=doubts)
    if facts.before_rows:
        # Told to nobody. Whatever the rules found of what held before, and also where
        # they found nothing, somebody who may not see it leaves it undecided.
        rows, none = facts.before_rows, Count("")
        yield Finding(NEARBY, "", "", BLOCK, MAY_OVERLAP, about=rows, counted=none)
