"""Polygon against number, and overlaps."""

from datetime import date

import pytest

from safelane.countries import load_pack
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import OverlapFacts, ReportFacts

TODAY = date(2026, 11, 23)


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
