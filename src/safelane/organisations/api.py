"""REST API of organisations, countries, admin areas and oneself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from safelane.core.api import (
    PROBLEMS,
    GeoJSON,
    Page,
    PageQuery,
    actor_of,
    as_geojson,
    page_of,
)
from safelane.core.api.records import PRECISION_NAMES
from safelane.core.errors import NotFound, SignInNeeded
from safelane.core.scope import Grant
from safelane.organisations.models import AdminArea, Country, Organisation

router = Router(tags=["organisations"])
COUNTRY = r"^([A-Za-z]{3})?$"


class GrantOut(Schema):
    """What one membership or agreement opens."""

    role: str
    reach: str
    organisation: str | None
    country: str | None
    verbs: list[str]
    precision: dict[str, str]


class MeOut(Schema):
    """Who asks."""

    name: str
    kind: str
    grants: list[GrantOut]


class OrganisationOut(Schema):
    """An authority, operator, NGO, UN body, donor or regional centre."""

    uid: UUID
    name: str
    short_name: str
    kind: str
    country: str | None
    is_active: bool


class CountryOut(Schema):
    """A country of this installation; ``code`` is ISO 3166-1 alpha-3."""

    code: str
    name: str
    names: dict[str, str]


class AreaOut(Schema):
    """An admin area; ``number`` is what the ``area`` filters take."""

    uid: UUID
    number: int
    country: str
    level: int
    code: str
    name: str
    names: dict[str, str]
    parent: UUID | None
    source: str


class AreaWithGeometry(AreaOut):
    """An admin area with its outline."""

    geometry: GeoJSON | None


class AreaQuery(PageQuery):
    """Which admin areas."""

    country: str = Field("", pattern=COUNTRY, description="ISO 3166-1 alpha-3")
    level: int | None = Field(None, ge=1, le=10)
    parent: UUID | None = None

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the areas asked for."""
        if self.country:
            rows = rows.filter(country__code=self.country.upper())
        if self.level is not None:
            rows = rows.filter(level=self.level)
        if self.parent is not None:
            rows = rows.filter(parent__uid=self.parent)
        return rows


@router.get("/me", response={200: MeOut, **PROBLEMS})
def get_me(request: HttpRequest) -> dict[str, Any]:
    """Return who asks, and what their roles open."""
    actor = actor_of(request)
    if actor.is_public:
        raise SignInNeeded()
    countries = dict(Country.objects.values_list("pk", "code"))
    known = Organisation.objects.visible_to(actor)
    organisations = dict(known.values_list("pk", "short_name"))
    grants = [show_grant(grant, countries, organisations) for grant in actor.grants]
    return {"name": actor.name, "kind": actor.kind, "grants": grants}


def show_grant(
    grant: Grant, countries: dict[int, str], organisations: dict[int, str]
) -> GrantOut:
    precision: dict[str, str] = {
        name: PRECISION_NAMES[level] for name, level in grant.precision
    }
    return GrantOut(
        role=grant.role,
        reach=grant.reach,
        organisation=organisations.get(grant.organisation_id or 0),
        country=countries.get(grant.country_id or 0),
        verbs=sorted(grant.verbs),
        precision=precision,
    )


@router.get("/organisations", response={200: Page[OrganisationOut], **PROBLEMS})
def list_organisations(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List organisations in reach."""
    actor = actor_of(request)
    actor.require("organisation.view")
    rows = Organisation.objects.visible_to(actor).select_related("country")
    return page_of(rows, query, show_organisation)


@router.get("/organisations/{uuid:uid}", response={200: OrganisationOut, **PROBLEMS})
def get_organisation(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Return one organisation."""
    actor = actor_of(request)
    actor.require("organisation.view")
    return show_organisation(Organisation.objects.get_for(actor, uid=uid))


def show_organisation(row: Organisation) -> dict[str, Any]:
    names = ("uid", "name", "short_name", "kind", "is_active")
    country = row.country.code if row.country else None
    return {name: getattr(row, name) for name in names} | {"country": country}


@router.get("/countries", response={200: list[CountryOut], **PROBLEMS})
def list_countries(request: HttpRequest) -> Any:
    """List the countries of this installation."""
    actor_of(request).require("area.view")
    return Country.objects.defer("geometry")


@router.get("/areas", response={200: Page[AreaOut], **PROBLEMS})
def list_areas(request: HttpRequest, query: Query[AreaQuery]) -> dict[str, Any]:
    """List admin areas, upper levels first, without their outlines."""
    actor_of(request).require("area.view")
    rows = AdminArea.objects.select_related("country", "parent")
    rows = query.narrow(rows.defer("geometry", "parent__geometry", "country__geometry"))
    return page_of(rows, query, show_area)


@router.get("/areas/{uuid:uid}", response={200: AreaWithGeometry, **PROBLEMS})
def get_area(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Return one admin area with its outline."""
    actor_of(request).require("area.view")
    row = AdminArea.objects.select_related("country", "parent").filter(uid=uid).first()
    if row is None:
        raise NotFound()
    return show_area(row) | {"geometry": as_geojson(row.geometry)}


def show_area(row: AdminArea) -> dict[str, Any]:
    names = ("uid", "level", "code", "name", "names", "source")
    return {name: getattr(row, name) for name in names} | {
        "number": row.pk,
        "country": row.country.code,
        "parent": row.parent.uid if row.parent else None,
    }
