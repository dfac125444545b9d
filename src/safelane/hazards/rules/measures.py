"""Areas: polygon against number, overlaps, and the balance of land release."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from safelane.countries import Rule
from safelane.countries.findings import Breach
from safelane.hazards.rules.conservation import Ledger, ledger
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


def land_conservation(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Hazard = cancelled + reduced + cleared + remaining."""
    if facts.balance is None:
        return
    book = ledger(facts.balance)
    allowed = tolerance_m2(book.hazard, rule)
    yield from _by_polygon(book, allowed)
    if book.number_gap is not None and abs(book.number_gap) > allowed:
        message = _(
            "The numbers do not add up: hazard minus its parts leaves %(gap)s m², "
            "%(allowed)s m² are allowed."
        )
        values = {"gap": round(book.number_gap), "allowed": round(allowed)}
        yield Breach(message, values, "stated_area_m2")


def _by_polygon(book: Ledger, allowed: float) -> Iterator[Breach]:
    if book.uncovered > allowed:
        message = _("%(area)s m² of the area are neither released nor remaining.")
        yield Breach(message, {"area": round(book.uncovered)}, "geometry")
    if book.outside > allowed:
        message = _("%(area)s m² lie outside the area that is being released.")
        yield Breach(message, {"area": round(book.outside)}, "geometry")
    for (one, other), shared in book.doubled.items():
        if shared > allowed:
            message = _("%(area)s m² are both “%(one)s” and “%(other)s”.")
            values = {"area": round(shared), "one": one, "other": other}
            yield Breach(message, values, "geometry")
