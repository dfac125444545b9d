"""Properties of collections are the facts that a model publishes."""

import pytest
from django.contrib.auth.models import Permission, User

from safelane.core.collections import fields_of
from safelane.core.facts import Fact
from safelane.core.facts.fact import facts_of


@pytest.fixture
def declared(monkeypatch):
    """Declare facts on a model that has none, for one test."""

    def declare(model, *facts):
        monkeypatch.setattr(model, "declares", facts, raising=False)
        facts_of.cache_clear()
        return fields_of(model)

    yield declare
    facts_of.cache_clear()


def test_only_published_facts_become_properties_and_tiles_carry_the_marked(declared):
    fields = declared(
        User,
        Fact("username", published=True),
        Fact("is_staff", "show", tile=True),
        Fact("email"),
    )
    assert [(f.name, f.type, f.coarse, f.in_tiles) for f in fields] == [
        ("username", "string", "hide", False),
        ("is_staff", "boolean", "show", True),
    ]


def test_types_follow_the_model_also_through_a_path(declared):
    fields = declared(
        Permission,
        Fact("id", "round", published=True),
        Fact("model", path="content_type__model", published=True, label="a kind"),
    )
    assert [(f.name, f.type, f.path, f.title) for f in fields] == [
        ("id", "integer", "id", "ID"),
        ("model", "string", "content_type__model", "a kind"),
    ]
    assert fields[0].coarse == "round"


def test_a_date_that_may_only_be_told_by_its_year_is_hidden_as_a_property(declared):
    fields = declared(User, Fact("date_joined", "round", published=True))
    assert (fields[0].type, fields[0].coarse) == ("date-time", "hide")
