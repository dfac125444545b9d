"""Forms, columns and sections read off the facts of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import facts_of
from safelane.core.facts.fact import Pack
from safelane.core.facts.forms import fact_fields, on_forms
from safelane.core.pages.columns import Column


def fact_form(
    model: type[models.Model], pack: Pack | None, data: Any, initial: Mapping[str, Any]
) -> forms.Form:
    """Return a form for the facts that stand on forms, in their order."""
    fields = fact_fields(model, on_forms(model), pack)
    kind = type(f"{model.__name__}Form", (forms.Form,), fields)
    form: forms.Form = kind(data, initial=dict(initial))
    return form


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
    model: type[models.Model], shown: Mapping[str, Any], pack: Pack | None
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
