"""The handbook says every rule as the packs have it."""

from pathlib import Path

import pytest

from safelane.countries import available_packs, load_pack
from safelane.countries.handbook import with_rules

DOCS = Path(__file__).parents[4] / "docs"


def test_page_of_rules_is_what_the_packs_say():
    page = (DOCS / "field" / "rules.md").read_text("utf-8")
    assert with_rules(page) == page, "run python -m safelane.countries.handbook"


@pytest.mark.parametrize("name", available_packs())
def test_every_rule_and_clause_is_documented(name):
    page = (DOCS / "field" / "rules.md").read_text("utf-8")
    for rule in load_pack(name).all_rules:
        assert f"### {rule.key}\n" in page
        assert rule.clause in page


def test_faults_of_packs_are_documented():
    from safelane.countries import errors

    page = (DOCS / "models" / "country-packs.md").read_text("utf-8")
    codes = {
        fault.code
        for fault in vars(errors).values()
        if isinstance(fault, type) and fault.__module__ == errors.__name__
    }
    assert all(f"`{code}`" in page for code in codes)
