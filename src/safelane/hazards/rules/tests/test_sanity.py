"""Dates, depths, counts and positions."""

from datetime import date

import pytest
from shapely.geometry import Point

from safelane.countries import load_pack
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import FindFacts, ReportFacts

TODAY = date(2026, 11, 23)
HERE = Point(103.2, 19.4)


def broken(pack="laos", day=TODAY, find=None, **facts):
    finds = () if find is None else (FindFacts(label="f", geometry=HERE, **find),)
    asked = ReportFacts(today=TODAY, date_of_information=day, finds=finds, **facts)
    return {f.rule for f in evaluate(asked, load_pack(pack), TODAY)}


@pytest.mark.parametrize(
    ("pack", "day", "fine"),
    [
        ("laos", date(2026, 11, 23), True),
        ("laos", date(2026, 11, 24), False),
        ("laos", date(1973, 4, 1), True),
        ("laos", date(1899, 12, 31), False),
        ("azerbaijan", date(1910, 1, 1), False),
    ],
)
def test_information_date_is_possible(pack, day, fine):
    assert ("information-date" not in broken(pack, day)) is fine


def test_nothing_is_found_after_it_was_reported():
    day = date(2026, 5, 1)
    assert "find-date" in broken(day=day, find={"found_on": date(2026, 5, 2)})
    assert broken(day=day, find={"found_on": day}) == set()


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, set()),
        (300, set()),
        (301, {"depth-unusual"}),
        (2001, {"depth-plausible", "depth-unusual"}),
        (-1, {"depth-plausible"}),
    ],
)
def test_depth(depth, expected):
    assert broken(depth_cm=depth) == expected
    assert broken(find={"depth_cm": depth}) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, set()),
        (0, {"count-plausible"}),
        (201, {"count-unusual"}),
        (100_001, {"count-plausible", "count-unusual"}),
    ],
)
def test_count(count, expected):
    assert broken(find={"count": count}) == expected


@pytest.mark.parametrize(
    ("pack", "directness", "accuracy", "expected"),
    [
        ("laos", "direct", 10, set()),
        ("laos", "direct", 11, {"position-accuracy"}),
        ("azerbaijan", "direct", 11, set()),  # the packs differ
        ("azerbaijan", "direct", 16, {"position-accuracy"}),
        ("laos", "direct", None, {"position-accuracy"}),
        ("laos", "indirect", None, set()),
    ],
)
def test_position_accuracy(pack, directness, accuracy, expected):
    facts = {"directness": directness, "accuracy_m": accuracy}
    here = Point(103.2, 19.4) if pack == "laos" else Point(47.1, 39.6)
    find = FindFacts(label="evidence 1", geometry=here, **facts)
    asked = ReportFacts(today=TODAY, date_of_information=TODAY, finds=(find,))
    found = evaluate(asked, load_pack(pack), TODAY)
    assert {f.rule for f in found} == expected


@pytest.mark.parametrize(("metres", "far"), [(999, 0), (1000, 0), (1001, 1)])
@pytest.mark.parametrize(
    ("kind", "directness", "rule"),
    [
        ("cha", "direct", "confirming-evidence-near"),
        ("cha", "indirect", "evidence-near-area"),
        ("sha", "direct", "evidence-near-area"),
    ],
)
def test_evidence_lies_near_the_area_that_it_is_reported_for(
    metres, far, kind, directness, rule
):
    find = FindFacts(
        label="evidence 1",
        geometry=Point(103, 19),
        directness=directness,
        accuracy_m=5,
        from_area_m=metres,
    )
    facts = ReportFacts(
        today=date(2026, 1, 1),
        date_of_information=date(2025, 1, 1),
        kind_before=kind,
        kind_after=kind,
        finds=(find,),
    )
    found = evaluate(facts, load_pack("laos"), date(2026, 1, 1))
    assert [f.rule for f in found] == [rule] * far
    blocks = rule == "confirming-evidence-near"
    assert all((f.severity == "block") is blocks for f in found)
