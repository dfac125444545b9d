"""What the API of hazards answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from safelane.core.api import GeoJSON

PrecisionName = Literal["exact", "cell", "district", "none"]
PRECISION_NAMES: tuple[PrecisionName, ...] = ("exact", "cell", "district", "none")


class AreaRef(Schema):
    """The admin area in which something lies."""

    uid: UUID
    level: int
    code: str
    name: str


class Facts(Schema):
    """Stated facts; codes come from the country pack, absent means nobody said."""

    kind: str | None = None
    status: str | None = None
    status_reason: str | None = None
    name: str | None = None
    priority: str | None = None
    contamination: list[str] | None = None
    information_source: str | None = None
    source_reliability: str | None = None
    information_grade: str | None = None
    terrain: str | None = None
    vegetation: str | None = None
    slope: str | None = None
    soil: str | None = None
    difficulty: str | None = None
    marking: str | None = None
    land_use: str | None = None
    blockages: list[str] | None = None
    depth_cm: Annotated[int | None, Field(ge=0, le=100_000)] = None
    people_affected: Annotated[int | None, Field(ge=0, le=100_000_000)] = None
    comment: str | None = None
    stated_area_m2: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    geometry: GeoJSON | None = None
    geometry_method: str | None = None
    geometry_crs: str | None = None
    geometry_text: str | None = None
    extra: dict[str, Any] | None = None


class KnownFacts(Facts):
    """Stated facts and the geodesic area computed from the polygon."""

    area_m2: float | None = None


class HazardOut(Schema):
    """A hazardous area at the precision that the reader's roles allow."""

    uid: UUID
    reference: str
    organisation: str
    country: str
    admin_area: AreaRef | None
    precision: PrecisionName = Field(description="How exactly places are shown")
    first_information: date | None
    last_information: date | None
    facts: KnownFacts


class PeriodOut(Schema):
    """What was held true of an area, from when to when, and when that was held."""

    hazard: UUID
    reference: str
    valid_from: date
    valid_to: date | None = Field(description="First day on which it no longer holds")
    known_from: datetime
    known_to: datetime | None
    precision: PrecisionName
    facts: KnownFacts


class ChangeOut(Schema):
    """One entry of the history."""

    seq: int
    verb: str
    actor: str
    role: str
    at: datetime
    reason: str
    source: str
    fields: list[str] = Field(description="Names of the facts that changed")
    hash: str


class FactOut(Schema):
    """What stands in a report: whose it is, where, and how exactly it is shown."""

    uid: UUID
    hazard: UUID | None
    organisation: str
    country: str
    admin_area: AreaRef | None
    precision: PrecisionName


class FindOut(FactOut):
    """Something found at a point; null is what nobody stated or what is not shown."""

    found_on: date | None
    count: int | None
    accuracy_m: float | None


class EvidenceOut(FindOut):
    """Evidence at the precision that the reader's roles allow."""

    directness: str
    kind: str
    grade: str
    ordnance_category: str | None
    ordnance_model: str | None
    description: str | None
    geometry: GeoJSON | None


class OrdnanceOut(FindOut):
    """Ordnance found, at the precision that the reader's roles allow."""

    category: str
    subcategory: str | None
    model: str | None
    condition: str | None
    depth_cm: int | None
    description: str | None
    geometry: GeoJSON | None


class SurveyBoxOut(FactOut):
    """A survey box as one report found it; coarse readers learn no box and result."""

    stage: str = Field(description="Stage of the report that it stands in")
    date_of_information: date
    size_m: int
    grid_number: str | None = Field(description="Zone, column and row")
    zone: int | None = Field(description="EPSG code of the UTM zone")
    column: int | None
    row: int | None
    result: str | None = Field(description="“Nothing found” never means free of it")
    searched_percent: int | None
    searched_on: date | None
    description: str | None
    geometry: GeoJSON | None


class ReportOut(Schema):
    """A report with its stage and what the rules said of it."""

    uid: UUID
    number: str
    stage: str
    reason: str
    organisation: str
    country: str
    hazard: UUID | None
    reference: str
    date_of_information: date
    entered_at: datetime
    approved_at: datetime | None
    source: str
    precision: PrecisionName
    findings: list[Any]
    retracts: list[str]
    facts: KnownFacts
