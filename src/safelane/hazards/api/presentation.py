"""Turning visible rows into API answers, never finer than each row's precision."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from safelane.core.api.records import (
    PRECISION_NAMES,
    record_answer,
    scope_answer,
    shown_values,
)
from safelane.core.facts import facts_of
from safelane.core.history.models import Change
from safelane.core.history.queries import differences
from safelane.core.review.findings import tell
from safelane.core.scope import Actor, Precision
from safelane.core.scope.coarse import published
from safelane.hazards.models import (
    HazardousArea,
    HazardPeriod,
    HazardReport,
    SurveyBox,
)
from safelane.hazards.queries import of_open_parts


def facts_shown(row: Any) -> dict[str, Any]:
    """Return the published facts with the geometry as GeoJSON."""
    return shown_values(published(row))


def show_hazard(row: HazardousArea | HazardPeriod) -> dict[str, Any]:
    """Return an area, or a past state as an area: what the register said then."""
    return record_answer(row, row.area) | {
        "first_information": row.first_information,  # type: ignore[union-attr]
        "last_information": row.informed_on,
        "facts": facts_shown(row),
    }


def show_period(row: HazardPeriod) -> dict[str, Any]:
    return {
        "hazard": row.hazard.uid,
        "reference": row.hazard.reference,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "known_from": row.known_from,
        "known_to": row.known_to,
        "precision": PRECISION_NAMES[row.precision],  # type: ignore[attr-defined]
        "facts": facts_shown(row),
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
    model: type[Model] = type(row)
    return {
        **dict.fromkeys(facts_of(model)),
        **facts_shown(row),
        **scope_answer(row),
        "hazard": row.linked_uid if row.precision == Precision.EXACT else None,
    }


def show_box(row: SurveyBox) -> dict[str, Any]:
    """Return a box; a cell of 1 km never wears the result of one box."""
    return show_find(row) | {
        "stage": row.report.stage,
        "date_of_information": row.report.date_of_information,
    }


def show_report(row: HazardReport, actor: Actor) -> dict[str, Any]:
    findings = tell(row.findings, actor)
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
        "precision": PRECISION_NAMES[row.precision],  # type: ignore[attr-defined]
        "facts": facts_shown(row),
        "findings": of_open_parts(findings) if row.is_closed else findings,  # type: ignore[attr-defined]
    }
