"""A declaration says once what every door reads."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models

from safelane.core.facts import Fact, Facts, facts_of, followers, lists

DECLARED = (
    Fact("name", "show", codes="names", synonyms="title, наименование ,"),
    Fact("permissions", leader="name"),
)


def test_undeclared_and_unmarked_facts_are_hidden():
    facts = Facts(Group, DECLARED)
    assert facts.coarse("name") == "show"
    assert facts.coarse("permissions") == "hide"
    assert facts.coarse("no_such_fact") == "hide"


def test_labels_come_from_the_model_unless_declared():
    assert Facts(Group, DECLARED).label("name") == "Name"
    assert Facts(Group, (Fact("name", label="a title"),)).label("name") == "A title"


def test_a_path_leads_to_the_field_that_holds_the_fact():
    facts = Facts(
        apps.get_model("auth", "Permission"),
        (Fact("kind", path="content_type__app_label"),),
    )
    assert isinstance(facts.field("kind"), models.CharField)
    assert facts.field("kind").name == "app_label"


def test_a_fact_declared_twice_is_refused():
    with pytest.raises(ValueError, match="Group declares a fact twice"):
        Facts(Group, (*DECLARED, Fact("name")))


def test_a_model_without_declaration_has_no_facts():
    assert list(facts_of(Group)) == []
    assert facts_of(Group).coarse("name") == "hide"


def test_synonyms_lists_and_followers_are_read_off():
    assert DECLARED[0].other_names == ("title", "наименование")
    assert lists(DECLARED) == {"name": "names"}
    assert followers(DECLARED) == {"name": ("permissions",)}


def declaring_models():
    return [m for m in apps.get_models() if len(facts_of(m))]


@pytest.mark.parametrize("model", declaring_models(), ids=lambda m: m.__name__)
def test_every_declared_fact_is_on_its_model_and_leads_somewhere(model):
    facts = facts_of(model)
    for name, fact in facts.items():
        assert facts.label(name)
        assert not fact.leader or fact.leader in facts
        assert not fact.several or fact.codes


def test_models_declare_facts():
    assert len(declaring_models()) >= 10


def models_in_scope():
    return [m for m in declaring_models() if hasattr(m, "policy")]


@pytest.mark.parametrize("model", models_in_scope(), ids=lambda m: m.__name__)
def test_texts_and_links_of_a_coarse_row_stay_hidden(model):
    """Free text may name a village; only identifiers and codes are shown."""
    named = {"reference", "number", "organisation", "country", "stage"}
    facts = facts_of(model)
    for name, fact in facts.items():
        is_free = isinstance(facts.field(name), (models.TextField, models.ForeignKey))
        is_free |= isinstance(facts.field(name), models.CharField) and not fact.codes
        if is_free and name not in named:
            assert fact.coarse == "hide", name
