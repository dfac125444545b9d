"""Forms, columns and sections read off the facts of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.db import models
from django.forms.models import fields_for_model
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import Fact, facts_of
from safelane.core.geo.forms import GeometryFormField
from safelane.core.pages.columns import Column


class Codes(Protocol):
    """What a country pack tells of its code lists."""

    def codes(self, name: str) -> Sequence[Any]: ...

    def label(self, name: str, code: str) -> str: ...


def fact_form(
    model: type[models.Model], pack: Codes | None, data: Any, initial: Mapping[str, Any]
) -> forms.Form:
    """Return a form for the facts that stand on forms, in their order."""
    facts = facts_of(model)
    names = [name for name, fact in facts.items() if fact.group]
    usual = fields_for_model(model, fields=names)
    fields = {
        name: _field(facts[name], facts.field(name), usual.get(name), pack)
        for name in names
    }
    kind = type(f"{model.__name__}Form", (forms.Form,), fields)
    form: forms.Form = kind(data, initial=dict(initial))
    return form


def _field(
    fact: Fact, field: models.Field[Any, Any], usual: forms.Field | None, pack: Any
) -> forms.Field:
    label, required = field.verbose_name, not field.blank
    if fact.codes and pack is not None:
        choices = [("", "–"), *((c.code, c.label) for c in pack.codes(fact.codes))]
        return forms.ChoiceField(label=label, choices=choices, required=required)
    if usual is None or field.get_internal_type() == "GeometryField":
        return GeometryFormField(label=label, required=required, help_text=fact.help)
    usual.help_text = str(fact.help)
    if fact.long:
        usual.widget = forms.Textarea(attrs={"rows": 3})
    for limit, value in (("min_value", fact.least), ("max_value", fact.most)):
        if value is not None:
            setattr(usual, limit, value)
    return usual


def fact_columns(model: type[models.Model], **first: Any) -> list[Column]:
    """Return a column per published fact, reading ``published(row)``.

    Args:
        first: More for the first one, which names the row.
    """
    facts = facts_of(model)
    names = [name for name, fact in facts.items() if fact.published or fact.tile]
    return [
        Column(
            name,
            facts.label(name),
            _reader(name),
            is_number=isinstance(facts.field(name), models.IntegerField),
            **(first if i == 0 else {}),
        )
        for i, name in enumerate(names)
    ]


def _reader(name: str) -> Any:
    return lambda row: row.facts.get(name)


def fact_lines(
    model: type[models.Model], shown: Mapping[str, Any], pack: Codes | None
) -> list[tuple[str, Any]]:
    """Return label and value of what is shown of a row; codes by their labels."""
    facts = facts_of(model)
    found = []
    for name, value in shown.items():
        fact = facts.get(name)
        if fact is None or isinstance(value, BaseGeometry):
            continue
        if fact.codes and value and pack is not None:
            value = pack.label(fact.codes, value)
        found.append((facts.label(name), value))
    return found
