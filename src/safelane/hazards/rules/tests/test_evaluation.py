"""Rules carry their version, so that a change does not rewrite the past."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from safelane.countries import Rule, available_packs, load_pack
from safelane.countries.errors import UnknownRule
from safelane.hazards.rules.evaluation import CHECKS, evaluate
from safelane.hazards.rules.facts import ReportFacts

CHANGE = date(2027, 1, 1)


def tightened(pack):
    """Return the pack with a stricter area rule from 2027 on."""
    old = pack.rule("area-agrees", date(2026, 1, 1))
    new = replace(
        old,
        clause="NMAS 05 (2027)",
        valid_from=CHANGE,
        parameters={"share": 0.01, "square_metres": 10},
    )
    others = tuple(r for r in pack.all_rules if r.key != "area-agrees")
    return replace(pack, all_rules=(*others, replace(old, valid_to=CHANGE), new))


def test_each_day_has_its_own_version_of_a_rule():
    pack = tightened(load_pack("laos"))
    facts = ReportFacts(
        today=date(2027, 6, 1),
        date_of_information=date(2026, 6, 1),
        area_m2=100_000,
        stated_area_m2=103_000,
    )
    assert evaluate(facts, pack, date(2026, 12, 31)) == []
    (finding,) = evaluate(facts, pack, CHANGE)
    assert finding.rule_version == "area-agrees@2027-01-01"
    assert finding.clause == "NMAS 05 (2027)"


def test_old_finding_stays_as_it_was_after_the_change():
    facts = ReportFacts(
        today=date(2026, 6, 1),
        date_of_information=date(2026, 6, 1),
        area_m2=100_000,
        stated_area_m2=200_000,
    )
    (kept,) = evaluate(facts, load_pack("laos"), date(2026, 6, 1))
    stored = json.loads(json.dumps(kept.as_json()))
    evaluate(facts, tightened(load_pack("laos")), CHANGE)
    assert stored["rule_version"] == "area-agrees@1900-01-01"
    assert stored["values"]["allowed"] == 5000


@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 1, 16)])
def test_new_edition_of_a_standard_changes_the_clause_only(day):
    rule = load_pack("laos").rule("sha-to-cha-direct-evidence", day)
    assert ("Ed. 2" in rule.clause) is (day >= date(2026, 1, 16))


@pytest.mark.parametrize("pack", available_packs())
def test_every_rule_has_a_check_and_every_check_a_rule(pack):
    rules = load_pack(pack).all_rules
    keys = {rule.key for rule in rules if rule.subject == "hazard"}
    assert keys == set(CHECKS)


def test_rule_without_a_check_is_not_passed_over():
    pack = load_pack("laos")
    unknown = Rule(
        "new-rule", "-", {"en": "New"}, "-", "warn", date(1900, 1, 1), "hazard"
    )
    facts = ReportFacts(today=CHANGE, date_of_information=CHANGE)
    with pytest.raises(UnknownRule, match="new-rule"):
        evaluate(facts, replace(pack, all_rules=(unknown,)), CHANGE)


def test_blocking_findings_come_first_and_texts_keep_their_source():
    facts = ReportFacts(
        today=date(2026, 6, 1),
        date_of_information=date(2030, 6, 1),
        area_m2=1,
    )
    with override("az"):
        found = evaluate(facts, load_pack("laos"), date(2026, 6, 1))
        assert [f.severity for f in found] == ["block", "warn"]
        assert found[0].as_json()["msgid"].startswith("The date of information")
