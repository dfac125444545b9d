"""What the API of organisations answers and takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from safelane.core.api import GeoJSON, PageQuery

COUNTRY = r"^([A-Za-z]{3})?$"
PRECISIONS = ("exact", "cell", "district", "none")


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
