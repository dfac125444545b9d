"""What the API of hazards answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from safelane.core.api.facts import Strict, facts_schema
from safelane.core.api.records import AreaRef, PrecisionName, RecordOut
from safelane.core.facts import facts_of
from safelane.core.review.models import fact_names
from safelane.exchange.facts import exported
from safelane.hazards.models import Evidence, HazardReport, OrdnanceFound, SurveyBox

STATED = fact_names(HazardReport)
KnownFacts = facts_schema(
    "KnownFacts",
    HazardReport,
    STATED,
    doc="Stated facts, and the geodesic area computed from the polygon; codes come "
    "from the country pack, absent means nobody said.",
)
FactsIn = facts_schema(
    "FactsIn",
    HazardReport,
    [name for name in STATED if not facts_of(HazardReport)[name].computed],
    base=Strict,
    doc="Facts that a report states; leave out what it does not.",
)


class HazardOut(RecordOut):
    """A hazardous area at the precision that the reader's roles allow."""

    first_information: date | None
    last_information: date | None
    facts: KnownFacts  # type: ignore[valid-type]


class PeriodOut(Schema):
    """What was held true of an area, from when to when, and when that was held."""

    hazard: UUID
    reference: str
    valid_from: date
    valid_to: date | None = Field(description="First day on which it no longer holds")
    known_from: datetime
    known_to: datetime | None
    precision: PrecisionName
    facts: KnownFacts  # type: ignore[valid-type]


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


class BoxOut(FactOut):
    """A survey box as one report found it."""

    stage: str = Field(description="Stage of the report that it stands in")
    date_of_information: date


def told(model: Any) -> tuple[str, ...]:
    """Return the facts that are told of what was found, with its place."""
    facts = facts_of(model)
    return (*(name for name in exported(model) if not facts[name].path), "geometry")


EvidenceOut = facts_schema(
    "EvidenceOut",
    Evidence,
    told(Evidence),
    base=FactOut,
    doc="Evidence at the precision that the reader's roles allow.",
)
OrdnanceOut = facts_schema(
    "OrdnanceOut",
    OrdnanceFound,
    told(OrdnanceFound),
    base=FactOut,
    doc="Ordnance found, at the precision that the reader's roles allow.",
)
SurveyBoxOut = facts_schema(
    "SurveyBoxOut",
    SurveyBox,
    told(SurveyBox),
    base=BoxOut,
    doc="A survey box as one report found it; coarse readers learn no box and result. "
    "“Nothing found” never means free of it.",
)


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
    facts: KnownFacts  # type: ignore[valid-type]
