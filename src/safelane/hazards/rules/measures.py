"""Areas: polygon against number, and overlaps."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from safelane.countries import Rule
from safelane.countries.findings import Breach
from safelane.hazards.rules.facts import ReportFacts


def tolerance_m2(size_m2: float, rule: Rule) -> float:
    """Return the larger of the rule's share of an area and its square metres."""
    limits = rule.parameters
    return float(max(size_m2 * limits["share"], limits["square_metres"]))


def area_agrees(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """The polygon's area and the typed number agree."""
    computed, stated = facts.area_m2, facts.stated_area_m2
    if computed is None or stated is None:
        return
    allowed = tolerance_m2(computed, rule)
    if abs(computed - stated) > allowed:
        message = _(
            "The polygon has %(computed)s m², the number given is %(stated)s m²; "
            "%(allowed)s m² of difference are allowed. Correct one of them."
        )
        said = {"computed": computed, "stated": stated, "allowed": allowed}
        values = {name: round(size) for name, size in said.items()}
        yield Breach(message, values, "stated_area_m2")


def overlap_shown(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Each overlap above the limit is shown."""
    message = _(
        "%(percent)s percent (%(area)s m²) of the ground is shared with "
        "%(reference)s. Check that it is not the same area."
    )
    for other in facts.overlaps:
        if other.share > rule.parameters["share"]:
            sizes = {
                "percent": round(other.share * 100, 1),
                "area": round(other.area_m2),
            }
            values = {**sizes, "reference": other.reference}
            yield Breach(message, values, "geometry", other.rows)
