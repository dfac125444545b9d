"""Schemas of facts: what the API takes and answers is what the models declare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Annotated, Any

from django.db import models
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, create_model

from safelane.core.api.geojson import GeoJSON
from safelane.core.facts import Facts, facts_of
from safelane.core.geo.fields import GeometryField


class Strict(Schema):
    """Input in which a misspelt name is a fault."""

    model_config = ConfigDict(extra="forbid")


def printable(text: str) -> str:
    """Return a text, or refuse one that no column can hold."""
    if "\x00" in text:
        raise ValueError("must not hold the character NUL")
    return text


Text = Annotated[str, AfterValidator(printable)]
TYPES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.FloatField, float),
    (models.DateTimeField, datetime),  # before DateField, from which it comes
    (models.DateField, date),
    (models.TimeField, time),
    (models.UUIDField, str),
    (GeometryField, GeoJSON),
    (models.JSONField, dict[str, Any]),
)


def facts_schema(
    name: str,
    model: type[models.Model],
    names: Iterable[str],
    *,
    base: type[Schema] = Schema,
    doc: str,
) -> Any:
    """Return a schema with one optional member per fact.

    Args:
        name: Of the schema in the OpenAPI document.
        names: Of the facts of ``model``.
        base: :class:`Strict` for input.
        doc: What it is, for the OpenAPI document.
    """
    facts, members = facts_of(model), {}
    for each in names:
        members[each] = _member(facts, each)
        if rounded := facts[each].rounded:
            members[rounded] = (
                int | None,
                Field(None, description=facts.label(rounded)),
            )
    fields: Any = members
    return create_model(name, __base__=base, __doc__=doc, **fields)


def _member(facts: Facts, name: str) -> tuple[Any, Any]:
    fact, column = facts[name], facts.field(name)
    kind = list[Text] if fact.several else _type(column)
    limits: dict[str, Any] = {}
    if kind in (int, float):
        limits = {"ge": fact.least, "le": fact.most}
    if kind is float:
        limits["allow_inf_nan"] = False
    return Annotated[kind | None, Field(**limits)], None


def _type(column: models.Field[Any, Any]) -> Any:
    return next((kind for field, kind in TYPES if isinstance(column, field)), Text)
