"""The properties of a collection, read off the facts of its model."""

from __future__ import annotations

from django.db import models

from safelane.core.collections.catalogue import CollectionField, FieldType
from safelane.core.facts import Coarse, Fact, Facts, facts_of

TYPES: dict[type[models.Field[object, object]], FieldType] = {
    models.BooleanField: "boolean",
    models.IntegerField: "integer",
    models.FloatField: "number",
    models.DateTimeField: "date-time",  # before DateField, from which it comes
    models.DateField: "date",
    models.JSONField: "array",
}


def fields_of(model: type[models.Model], **sources: str) -> tuple[CollectionField, ...]:
    """Return the facts that a model publishes, in the order of their declaration.

    Args:
        sources: Fact -> lookup path, where the rows carry it under another name.
    """
    facts = facts_of(model)
    published = (fact for fact in facts.values() if fact.published or fact.tile)
    return tuple(
        _field(facts, fact, sources.get(fact.name, fact.path)) for fact in published
    )


def type_of(field: models.Field[object, object]) -> FieldType:
    """Return the JSON type of what a model's field holds."""
    return next((t for kind, t in TYPES.items() if isinstance(field, kind)), "string")


def _field(facts: Facts, fact: Fact, source: str) -> CollectionField:
    field_type = type_of(facts.field(fact.name))
    return CollectionField(
        fact.name,
        field_type,
        facts.name_of(fact.name),
        source=source,
        coarse=_coarse(fact, field_type),
        in_tiles=fact.tile,
    )


def _coarse(fact: Fact, field_type: FieldType) -> Coarse:
    """Hide what no column can round: the database rounds numbers only."""
    if fact.coarse == "round" and field_type not in ("number", "integer"):
        return "hide"
    return fact.coarse
