"""A new fact is a model field with its declaration, a migration, and a code list."""

import ast

import pytest
from django.db import models
from django.test.utils import isolate_apps

from safelane.core.api.facts import facts_schema
from safelane.core.collections import fields_of
from safelane.core.facts import Fact, facts_of
from safelane.core.facts.forms import fact_fields, on_forms
from safelane.core.facts.words import shown_facts
from safelane.core.filters import RecordFilter
from safelane.core.scope import Precision
from safelane.core.scope.precision import shown_facts as shown_to
from safelane.countries import load_pack
from safelane.exchange.facts import export_fields, target_fields
from tests.architecture.sources import product_modules

# Facts that no rule asks: every door still has them.
PLAIN = {
    "accidents": ("weather", "demining_asset", "corrective_action", "moved_before"),
    "hazards": ("marking", "difficulty", "source_reliability", "people_affected"),
}
PLACES = {
    "accidents": {"facts.py", "models.py"},
    "hazards": {"facts.py", "models/areas.py"},
}


def named_in(app: str, name: str) -> set[str]:
    """Return the modules of an app in which a name or a text is this one."""
    found = set()
    for module in product_modules():
        if module.app != app or "migrations" in module.path.parts:
            continue
        for node in ast.walk(module.tree):
            said = {
                getattr(node, "id", None),
                getattr(node, "attr", None),
                getattr(node, "arg", None),
                getattr(node, "value", None),
            }
            if name in {word for word in said if isinstance(word, str)}:
                found.add(module.path.as_posix().partition(f"/{app}/")[2])
    return found


@pytest.mark.parametrize("app", PLAIN)
def test_a_fact_is_named_where_it_is_declared_and_nowhere_else(app):
    for name in PLAIN[app]:
        assert named_in(app, name) == PLACES[app], name


def test_the_scanner_finds_a_fact_that_is_named_elsewhere():
    assert named_in("accidents", "occurred_on") > PLACES["accidents"]


@isolate_apps("safelane.accidents")
def test_a_declared_fact_stands_at_every_door():
    class Visit(models.Model):
        reference = models.CharField("reference", max_length=20)
        weather = models.CharField("weather", max_length=20, blank=True)
        guests = models.PositiveIntegerField("guests", null=True)
        declares = (
            Fact("reference", "show", published=True),
            Fact(
                "weather", "show", codes="weather", group="main", filter="weather",
                tile=True, synonyms="sky, погода",
            ),
            Fact("guests", group="further", least=1, most=9),
        )  # fmt: skip

        class Meta:
            app_label = "accidents"

        def __str__(self):
            return self.reference

    class VisitFilter(RecordFilter):
        model = Visit
        dated_by = "reference"

    pack, names = load_pack("laos"), ("weather", "guests")
    code = pack.codes("weather")[0]
    assert on_forms(Visit, "main") == ("weather",)
    form = fact_fields(Visit, on_forms(Visit), pack)
    assert (code.code, code.label) in form["weather"].choices
    assert (form["guests"].min_value, form["guests"].max_value) == (1, 9)
    assert VisitFilter.parse({"weather": code.code}).weather == (code.code,)
    assert [f.name for f in fields_of(Visit) if f.in_tiles] == ["weather"]
    target = {f.name: f for f in target_fields(Visit, pack, names)}
    assert target["weather"].synonyms == ("sky", "погода")
    assert code.code in {choice.code for choice in target["weather"].choices}
    assert (target["guests"].kind, target["guests"].minimum) == ("integer", 1)
    assert [f.kind for f in export_fields(Visit, names)] == ["text", "integer"]
    schema = facts_schema("VisitFacts", Visit, names, doc="Facts.").json_schema()
    assert schema["properties"]["guests"]["anyOf"][0]["maximum"] == 9
    values = {"weather": code.code, "guests": 4}
    words = shown_facts(facts_of(Visit), values, pack)
    assert [(f.label, f.value) for f in words] == [
        ("Weather", code.label),
        ("Guests", "4"),
    ]
    coarse = shown_to(values, facts_of(Visit), Precision.CELL)
    assert coarse == {"weather": code.code}
