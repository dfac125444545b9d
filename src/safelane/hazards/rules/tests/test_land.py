"""Evidence, type and status."""

from datetime import date

import pytest

from safelane.countries import load_pack
from safelane.hazards.rules.evaluation import evaluate
from safelane.hazards.rules.facts import ReportFacts

TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 1)


def ask(pack="laos", on=TODAY, **facts):
    asked = ReportFacts(today=TODAY, date_of_information=DAY, **facts)
    return {f.rule: f for f in evaluate(asked, load_pack(pack), on)}


def test_suspected_area_is_not_confirmed_without_direct_evidence():
    found = ask(kind_before="sha", kind_after="cha", ground_known=True)
    finding = found["sha-to-cha-direct-evidence"]
    assert finding.severity == "block"
    assert finding.values == {"found": 0, "minimum": 1}
    assert "0 found, 1 needed" in finding.message


@pytest.mark.parametrize("before", ["", "sha", "indication"])
def test_one_piece_of_direct_evidence_is_enough(before):
    facts = {"kind_before": before, "kind_after": "cha", "ground_known": True}
    assert ask(direct_evidence=1, **facts) == {}


def test_new_confirmed_area_needs_evidence_and_polygon():
    found = ask(kind_after="cha")
    assert {"sha-to-cha-direct-evidence", "cha-needs-polygon"} == set(found)


def test_area_that_was_confirmed_before_is_not_asked_again():
    assert ask(kind_before="cha", kind_after="cha") == {}


def test_confirmed_area_does_not_become_suspected():
    finding = ask(kind_before="cha", kind_after="sha")["kind-transition"]
    assert finding.where == "kind"
    assert "withdraw" in finding.message


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("", "closed", True),
        ("open", "worked_on", True),
        ("open", "closed", True),
        ("worked_on", "closed", True),
        ("closed", "released", True),
        ("open", "released", False),
        ("released", "closed", False),
        ("suspended", "released", False),
    ],
)
def test_status_follows_the_work(before, after, allowed):
    found = ask(status_before=before, status_after=after)
    assert ("status-transition" not in found) is allowed


def test_open_area_with_direct_evidence_is_not_closed():
    found = ask(status_before="open", status_after="closed", direct_inside=2)
    assert found["closing-with-direct-evidence"].severity == "block"
    assert found["closing-with-direct-evidence"].values == {"count": 2}


def test_area_that_was_worked_on_is_closed():
    assert ask(status_before="worked_on", status_after="closed", direct_inside=2) == {}


def test_reopening_needs_a_reason():
    assert "reopening-needs-reason" in ask(status_before="closed", status_after="open")
    reason = "Submunition found by a farmer."
    found = ask(status_before="closed", status_after="open", status_reason=reason)
    assert found == {}
