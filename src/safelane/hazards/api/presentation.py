"""Turning visible rows into API answers, never finer than each row's precision."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from safelane.core.api import as_geojson
from safelane.core.facts import facts_of
from safelane.core.history.models import Change
from safelane.core.history.queries import differences
from safelane.core.review.findings import tell
from safelane.core.scope import Actor, Precision
from safelane.hazards.api.schemas import PRECISION_NAMES, PrecisionName
from safelane.hazards.models import (
    HazardousArea,
    HazardPeriod,
    HazardReport,
    SurveyBox,
)
from safelane.hazards.queries import published
from safelane.organisations.queries import shown_area

AREA_PARENTS = "admin_area__parent__parent"
OUTLINES = (
    "country__geometry",
    "admin_area__geometry",
    "admin_area__parent__geometry",
    "admin_area__parent__parent__geometry",
)
T = TypeVar("T", bound=QuerySet[Any])


def with_scope(rows: T) -> T:
    """Fetch organisation, country and admin areas along, without their outlines."""
    names = ("organisation", "country", AREA_PARENTS)
    return rows.select_related(*names).defer(*OUTLINES)


def with_hazard_scope(rows: T) -> T:
    """Fetch the same for periods, whose organisation is that of their area."""
    names = ("hazard__organisation", "hazard__country", AREA_PARENTS)
    outlines = ("hazard__geometry", "hazard__country__geometry", *OUTLINES[1:])
    return rows.select_related(*names).defer(*outlines)


def precision_of(row: Any) -> int:
    """Return how exactly a row from ``visible_to`` may be shown."""
    return int(row.precision)


def precision_name(row: Any) -> PrecisionName:
    return PRECISION_NAMES[precision_of(row)]


def shown_facts(row: Any) -> dict[str, Any]:
    """Return the published facts with the geometry as GeoJSON."""
    facts = published(row)
    return facts | {"geometry": as_geojson(facts.get("geometry"))}


def show_hazard(row: HazardousArea) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "reference": row.reference,
        "organisation": row.organisation.short_name,
        "country": row.country.code,
        "admin_area": shown_area(row),
        "precision": precision_name(row),
        "first_information": row.first_information,
        "last_information": row.last_information,
        "facts": shown_facts(row),
    }


def show_period_as_hazard(row: HazardPeriod) -> dict[str, Any]:
    """Return a past state in the form of an area: what the register said then."""
    hazard = row.hazard
    return {
        "uid": hazard.uid,
        "reference": hazard.reference,
        "organisation": hazard.organisation.short_name,
        "country": hazard.country.code,
        "admin_area": shown_area(row),
        "precision": precision_name(row),
        "first_information": row.first_information,  # type: ignore[attr-defined]
        "last_information": row.valid_from,
        "facts": shown_facts(row),
    }


def show_period(row: HazardPeriod) -> dict[str, Any]:
    return {
        "hazard": row.hazard.uid,
        "reference": row.hazard.reference,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "known_from": row.known_from,
        "known_to": row.known_to,
        "precision": precision_name(row),
        "facts": shown_facts(row),
    }


def show_change(row: Change) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "verb": row.verb,
        "actor": row.actor_name,
        "role": row.role,
        "at": row.server_time,
        "reason": row.reason,
        "source": row.source,
        "fields": [difference.name for difference in differences(row)],
        "hash": row.hash,
    }


def show_find(row: Any) -> dict[str, Any]:
    """Return what is shown of a row of ``queries.with_link``; the rest is null."""
    exact = precision_of(row) == Precision.EXACT
    model: type[Model] = type(row)
    return {
        **dict.fromkeys(facts_of(model)),
        **shown_facts(row),
        "uid": row.uid,
        "hazard": row.linked_uid if exact else None,
        "organisation": row.organisation.short_name,
        "country": row.country.code,
        "admin_area": shown_area(row),
        "precision": precision_name(row),
    }


def show_box(row: SurveyBox) -> dict[str, Any]:
    """Return a box; a cell of 1 km never wears the result of one box."""
    return show_find(row) | {
        "stage": row.report.stage,
        "date_of_information": row.report.date_of_information,
    }


def show_report(row: HazardReport, actor: Actor) -> dict[str, Any]:
    names = (
        "uid",
        "number",
        "stage",
        "reason",
        "reference",
        "date_of_information",
        "entered_at",
        "approved_at",
        "source",
        "retracts",
    )
    return {name: getattr(row, name) for name in names} | {
        "organisation": row.organisation.short_name,
        "country": row.country.code,
        "hazard": row.linked_uid,  # type: ignore[attr-defined]
        "precision": precision_name(row),
        "facts": shown_facts(row),
        "findings": tell(row.findings, actor),
    }
