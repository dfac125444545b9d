"""Polygon against number, overlaps, and the balance of land release."""

from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from safelane.core.geo.measure import area_m2
from safelane.countries import load_pack
from safelane.hazards.rules.conservation import LandBalance, ledger
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import OverlapFacts, ReportFacts

PARTS = ("cancelled", "reduced", "cleared", "remaining")
TODAY = date(2026, 11, 23)
HAZARD = shapely.box(103.2, 19.4, 103.21, 19.41)


def rules_broken(**facts):
    asked = ReportFacts(today=TODAY, date_of_information=TODAY, **facts)
    return {f.rule: f for f in evaluate(asked, load_pack("laos"), TODAY)}


@pytest.mark.parametrize(
    ("computed", "stated", "agrees"),
    [
        (100_000, 104_999, True),  # within 5 percent
        (100_000, 105_001, False),
        (500, 600, True),  # within 100 m²
        (500, 601, False),
        (None, 600, True),
        (500, None, True),
    ],
)
def test_polygon_and_number_agree_within_the_tolerance(computed, stated, agrees):
    found = rules_broken(area_m2=computed, stated_area_m2=stated)
    assert ("area-agrees" not in found) is agrees


def test_both_areas_are_shown():
    finding = rules_broken(area_m2=12_000.4, stated_area_m2=20_000)["area-agrees"]
    assert finding.values == {"computed": 12_000, "stated": 20_000, "allowed": 600}
    assert "12,000 m²" in finding.message and "20,000 m²" in finding.message


def test_overlap_above_the_limit_is_shown_not_blocked():
    small = OverlapFacts(reference="LA-1", share=0.009, area_m2=90)
    large = OverlapFacts(reference="LA-2", share=0.25, area_m2=2_500)
    found = rules_broken(overlaps=(small, large))
    assert list(found) == ["overlap-shown"]
    assert found["overlap-shown"].severity == "warn"
    assert found["overlap-shown"].values["reference"] == "LA-2"


def parts_of(hazard, cuts):
    """Cut a box into four strips at three shares of its width."""
    west, south, east, north = hazard.bounds
    at = [west + (east - west) * cut for cut in (0, *sorted(cuts), 1)]
    strips = [
        shapely.box(left, south, right, north)
        for left, right in zip(at, at[1:], strict=False)
    ]
    return dict(
        zip(("cancelled", "reduced", "cleared", "remaining"), strips, strict=True)
    )


@given(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True))
def test_four_parts_of_an_area_always_balance(cuts):
    parts = parts_of(HAZARD, cuts)
    book = ledger(LandBalance(hazard=HAZARD, parts=parts))
    assert abs(book.gap) < 1
    assert book.uncovered < 1 and book.outside < 1 and not book.doubled
    balance = LandBalance(hazard=HAZARD, parts=parts)
    assert rules_broken(balance=balance) == {}


@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_remaining_land_is_what_was_not_released(one, other):
    parts = parts_of(HAZARD, (min(one, other) / 2, min(one, other), max(one, other)))
    released = (parts["cancelled"], parts["cleared"])
    left = HAZARD.difference(shapely.union_all(released))
    total = area_m2(left) + sum(area_m2(part) for part in released)
    assert total == pytest.approx(area_m2(HAZARD), rel=1e-6)
    whole = {"cancelled": released[0], "cleared": released[1], "remaining": left}
    assert abs(ledger(LandBalance(hazard=HAZARD, parts=whole)).gap) < 1


def test_forgotten_doubled_and_foreign_ground_is_found():
    west, south, east, north = HAZARD.bounds
    half = (west + east) / 2
    left = shapely.box(west, south, half, north)
    beyond = shapely.box(half - 0.001, south, east + 0.001, north - 0.005)
    balance = LandBalance(hazard=HAZARD, parts={"cancelled": left, "cleared": beyond})
    asked = ReportFacts(today=TODAY, date_of_information=TODAY, balance=balance)
    messages = " ".join(f.message for f in evaluate(asked, load_pack("laos"), TODAY))
    assert "neither released nor remaining" in messages
    assert "outside the area" in messages
    assert "both “cancelled” and “cleared”" in messages


def test_numbers_must_add_up_too():
    balance = LandBalance(
        hazard=HAZARD,
        parts={"remaining": HAZARD},
        hazard_m2=100_000,
        parts_m2={"cancelled": 40_000, "remaining": 50_000},
    )
    assert ledger(balance).number_gap == 10_000
    assert "10,000 m²" in rules_broken(balance=balance)["land-conservation"].message
