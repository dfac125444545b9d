"""Boxes of a cluster munition survey."""

from datetime import date

import pytest

from safelane.core.geo.entry.grid import GridBox, squares
from safelane.countries import load_pack
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import BoxFacts, ReportFacts

TODAY = date(2026, 11, 23)
DAY = date(2026, 5, 1)
(OUTLINE,) = squares([GridBox(32648, 50, 6000, 43000)])


def broken(**facts):
    box = {"result": "other_uxo", "size_m": 50, "searched_percent": 100} | facts
    asked = ReportFacts(
        today=TODAY,
        date_of_information=DAY,
        boxes=(BoxFacts(label="48N-6000-43000", geometry=OUTLINE, **box),),
        box_size_m=50,
        box_share=0.5,
    )
    return {(f.rule, f.severity) for f in evaluate(asked, load_pack("laos"), TODAY)}


def test_a_plain_box_is_fine():
    assert broken() == set()


@pytest.mark.parametrize(
    ("day", "fine"), [(DAY, True), (date(2026, 5, 2), False), (None, True)]
)
def test_nothing_is_searched_after_it_was_reported(day, fine):
    assert broken(searched_on=day) == (set() if fine else {("box-date", "block")})


def test_another_size_is_shown():
    assert broken(size_m=100) == {("box-size", "warn")}


@pytest.mark.parametrize(
    ("share", "fine"), [(50, True), (49, False), (None, False), (100, True)]
)
def test_nothing_found_wants_enough_searched(share, fine):
    found = broken(result="nothing_found", searched_percent=share)
    assert found == (set() if fine else {("box-searched-share", "warn")})


def test_other_results_need_no_share():
    assert broken(result="not_surveyable", searched_percent=None) == set()


def test_submunitions_found_want_a_find():
    assert broken(result="submunition") == {("box-needs-find", "warn")}
    assert broken(result="submunition", has_find=True) == set()


def test_a_box_outside_the_country_is_refused():
    (far,) = squares([GridBox(32638, 50, 6000, 89000)])
    asked = ReportFacts(
        today=TODAY,
        date_of_information=DAY,
        boxes=(BoxFacts(label="far", geometry=far, result="other_uxo", size_m=50),),
    )
    found = evaluate(asked, load_pack("laos"), TODAY)
    assert {f.rule for f in found} == {"inside-country"}
