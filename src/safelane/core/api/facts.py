"""Schemas of facts: what the API takes and answers is what the models declare."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Annotated, Any

import shapely
from django.db import models
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, create_model
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import Facts, facts_of
from safelane.core.geo.fields import GeometryField
from safelane.core.geo.values import rounded

SCHEMA = {
    "type": "object",
    "title": "GeoJSON",
    "description": "A GeoJSON geometry (RFC 7946), WGS 84, longitude first.",
    "required": ["type"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [
                "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon",
                "MultiPolygon", "GeometryCollection",
            ],
        },
        "coordinates": {"type": "array"},
        "geometries": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
# Whether the coordinates hold together is said by ``core.geo.values.prepare_geometry``.
GeoJSON = Annotated[dict[str, Any], WithJsonSchema(SCHEMA)]


def as_geojson(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """Return ``geometry`` as a GeoJSON mapping, to about 1 cm."""
    if geometry is None:
        return None
    mapping: dict[str, Any] = json.loads(shapely.to_geojson(rounded(geometry, 7)))
    return mapping


class Strict(Schema):
    """Input in which a misspelt name is a fault."""

    model_config = ConfigDict(extra="forbid")


def printable(text: str) -> str:
    """Return a text, or refuse one that no column can hold."""
    if "\x00" in text:
        raise ValueError("must not hold the character NUL")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("must not hold half a character (a lone surrogate)")
    return text


ROUNDED = "With two digits only where the place is not open to the reader exactly."
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
    needed: Collection[str] = (),
    doc: str,
) -> Any:
    """Return a schema with one member per fact, optional unless it is ``needed``.

    Args:
        name: Of the schema in the OpenAPI document.
        names: Of the facts of ``model``.
        base: :class:`Strict` for input.
        doc: What it is, for the OpenAPI document.
    """
    facts, members = facts_of(model), {}
    for each in names:
        kind, default = _member(facts, each, told=base is Schema)
        members[each] = (kind, ...) if each in needed else (kind | None, default)
        if year := facts[each].rounded:
            members[year] = int | None, Field(None, description=facts.label(year))
    fields: Any = members
    return create_model(name, __base__=base, __doc__=doc, **fields)


def _member(facts: Facts, name: str, *, told: bool) -> tuple[Any, Any]:
    fact, column = facts[name], facts.field(name)
    kind = list[Text] if fact.several else _type(column)
    limits: dict[str, Any] = {}
    if kind in (int, float):
        limits = {"ge": fact.least, "le": fact.most}
    if kind is float:
        limits["allow_inf_nan"] = False
    if told and kind in (int, float) and fact.coarse == "round":
        limits["description"] = ROUNDED
    if not told and kind is Text:
        limits["max_length"] = column.max_length
    return Annotated[kind, Field(**limits)], None


def _type(column: models.Field[Any, Any]) -> Any:
    return next((kind for field, kind in TYPES if isinstance(column, field)), Text)
