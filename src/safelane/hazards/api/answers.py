"""What the API of hazards answers: never finer than each row's precision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from ninja import Schema
from pydantic import Field

from safelane.core.api.facts import Strict, facts_schema
from safelane.core.api.records import (
    PRECISION_NAMES,
    AreaRef,
    PrecisionName,
    RecordOut,
    record_answer,
    scope_answer,
    shown_values,
)
from safelane.core.facts import facts_of
from safelane.core.history.models import Change
from safelane.core.history.queries import differences
from safelane.core.review.findings import tell
from safelane.core.review.models import fact_names
from safelane.core.scope import Actor, Precision
from safelane.exchange.facts import exported
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.queries import of_open_parts

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


def _found(
    name: str, model: type[Model], doc: str, base: type[Schema] = FactOut
) -> Any:
    """Return the schema of what was found, with its place."""
    facts = facts_of(model)
    names = [n for n in exported(model) if not facts[n].path]
    return facts_schema(name, model, [*names, "geometry"], base=base, doc=doc)


EvidenceOut = _found(
    "EvidenceOut", Evidence, "Evidence at the precision that the reader's roles allow."
)
OrdnanceOut = _found(
    "OrdnanceOut",
    OrdnanceFound,
    "Ordnance found, at the precision that the reader's roles allow.",
)
SurveyBoxOut = _found(
    "SurveyBoxOut",
    SurveyBox,
    "A survey box as one report found it; coarse readers learn no box and result. "
    "“Nothing found” never means free of it.",
    BoxOut,
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


PERIOD = ("valid_from", "valid_to", "known_from", "known_to")
CHANGE = ("seq", "verb", "role", "reason", "source", "hash")
REPORT = ("uid", "number", "stage", "reason", "reference", "date_of_information")
ENTRY = ("entered_at", "approved_at", "source", "retracts")


def _as_kept(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def show_hazard(row: HazardousArea | HazardPeriod) -> dict[str, Any]:
    """Return an area, or a past state as an area: what the register said then."""
    return record_answer(row, row.area) | {
        "first_information": row.first_information,  # type: ignore[union-attr]
        "last_information": row.informed_on,
        "facts": shown_values(row),
    }


def show_period(row: HazardPeriod) -> dict[str, Any]:
    return _as_kept(row, PERIOD) | {
        "hazard": row.hazard.uid,
        "reference": row.hazard.reference,
        "precision": PRECISION_NAMES[row.precision],  # type: ignore[attr-defined]
        "facts": shown_values(row),
    }


def show_change(row: Change) -> dict[str, Any]:
    names = [difference.name for difference in differences(row)]
    told = {"actor": row.actor_name, "at": row.server_time, "fields": names}
    return _as_kept(row, CHANGE) | told


def show_find(row: Any) -> dict[str, Any]:
    """Return what is shown of a row of ``with_record``; the rest is null."""
    linked = row.linked_uid if row.precision == Precision.EXACT else None
    model: type[Model] = type(row)
    nothing: dict[str, Any] = dict.fromkeys(facts_of(model))
    return nothing | shown_values(row) | scope_answer(row) | {"hazard": linked}


def show_box(row: SurveyBox) -> dict[str, Any]:
    """Return a box; a cell of 1 km never wears the result of one box."""
    told = _as_kept(row.report, ("stage", "date_of_information"))
    return show_find(row) | told


def show_report(row: Any, actor: Actor, told: Any = None) -> dict[str, Any]:
    """Return what is shown of a row of ``reports.visible_reports``.

    Args:
        told: What the actor is told of its findings; of those kept when None.
    """
    findings = tell(row.findings, actor) if told is None else told
    return _as_kept(row, REPORT + ENTRY) | {
        "organisation": row.organisation.short_name,
        "country": row.country.code,
        "hazard": row.linked_uid,
        "precision": PRECISION_NAMES[row.precision],
        "facts": shown_values(row),
        "findings": of_open_parts(findings) if row.is_closed else findings,
    }
