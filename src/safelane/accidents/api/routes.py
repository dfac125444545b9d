"""Accidents at the actor's precision, and counts of victims."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from safelane.accidents.counts import countries_for, cross_table
from safelane.accidents.models import Accident
from safelane.accidents.queries import AccidentFilter, accidents, accidents_as_of
from safelane.core.api import (
    OPEN,
    PROBLEMS,
    GeoJSON,
    Page,
    actor_of,
    as_geojson,
    page_of,
)
from safelane.core.api.counts import CountsOut, show_table
from safelane.core.api.facts import facts_schema
from safelane.core.api.records import (
    RecordOut,
    RecordQuery,
    asked_by,
    record_answer,
    with_scope,
)
from safelane.core.errors import NotFound
from safelane.core.review.models import fact_names
from safelane.core.scope.precision import is_exact, published, shown_area

router = Router(tags=["accidents"])


@asked_by(AccidentFilter)
class AccidentQuery(RecordQuery):
    """The filters of the list of accidents."""


Facts = facts_schema(
    "AccidentFacts",
    Accident,
    fact_names(Accident),
    doc="Stated facts; coarse readers get codes and the year instead of the day.",
)


class AccidentOut(RecordOut):
    """One accident; on rows that are not exact, only the coded facts and the year."""

    area: str
    is_exact: bool
    facts: Facts = Field(description="Stated facts")  # type: ignore[valid-type]
    geometry: GeoJSON | None = Field(
        None, description="Where; the 1 km cell when not exact"
    )


class TableOut(CountsOut):
    """Counts of people killed or injured; null where a small number is hidden."""


class TableQuery(Schema):
    """Which table of which country."""

    country: str = Field(..., max_length=3, description="ISO 3166-1 alpha-3")
    row: str = Field("year", max_length=20)
    column: str = Field("outcome", max_length=20)


@router.get(
    "/accidents", response={200: Page[AccidentOut], **PROBLEMS}, exclude_unset=True
)
def list_accidents(request: HttpRequest, query: Query[AccidentQuery]) -> dict[str, Any]:
    """List accidents without victims."""
    actor = actor_of(request)
    actor.require("accident.view")
    filters = query.asked(AccidentFilter)
    if filters.is_past:
        past = accidents_as_of(actor, filters, with_scope(Accident.objects.all()))
        return page_of(past, query, show_accident)
    return page_of(with_scope(accidents(actor, filters)), query, show_accident)


@router.get(
    "/accidents/statistics", response={200: TableOut, **PROBLEMS}, openapi_extra=OPEN
)
def get_statistics(request: HttpRequest, query: Query[TableQuery]) -> dict[str, Any]:
    """Count people killed or injured by two features; small numbers are hidden.

    Published on fixed dates; what changed by a few people waits or is hidden, so that
    no single approval shows. Who reads the country's victims gets the count of now.
    Open to anybody as far as the role ``public`` allows, like the page.
    """
    actor = actor_of(request)
    actor.require("statistics.view")
    country = countries_for(actor).filter(code=query.country.upper()).first()
    if country is None:
        raise NotFound(f"There is no country {query.country!r} here.", field="country")
    return show_table(country, cross_table(actor, country, query.row, query.column))


@router.get(
    "/accidents/{uuid:uid}", response={200: AccidentOut, **PROBLEMS}, exclude_unset=True
)
def get_accident(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Return one accident without victims."""
    actor = actor_of(request)
    actor.require("accident.view")
    return show_accident(with_scope(Accident.objects.all()).get_for(actor, uid=uid))


def show_accident(row: Accident) -> dict[str, Any]:
    """Return an accident of ``visible_to`` as an answer."""
    facts = published(row)
    geometry = facts.pop("geometry", None)
    return record_answer(row) | {
        "area": str(shown_area(row) or ""),
        "is_exact": is_exact(row),
        "facts": facts,
        "geometry": as_geojson(geometry),
    }
