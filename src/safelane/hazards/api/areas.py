"""Hazardous areas: list, one area, its periods and its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from safelane.core.api import PROBLEMS, Page, PageQuery, actor_of, page_of
from safelane.core.api.records import MomentQuery, RecordQuery, asked_by, with_scope
from safelane.core.domain import house
from safelane.core.history.queries import changes_of, shown
from safelane.core.review.queries import reports_on_record
from safelane.core.scope import Actor
from safelane.hazards.actions import REPORTS
from safelane.hazards.api.answers import (
    ChangeOut,
    HazardOut,
    PeriodOut,
    show_change,
    show_hazard,
    show_period,
)
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import (
    periods_of,
    record_then,
    register,
    with_first_information,
)

router = Router(tags=["hazards"])


@asked_by(HazardFilter)
class HazardQuery(RecordQuery):
    """The register's filters; the same words as on the page and in exports."""


@router.get("/hazards", response={200: Page[HazardOut], **PROBLEMS})
def list_hazards(request: HttpRequest, query: Query[HazardQuery]) -> dict[str, Any]:
    """List hazardous areas, now or at a past date."""
    actor, filters = actor_of(request), query.asked(HazardFilter)
    actor.require("hazard.view")
    rows = with_scope(register(actor, filters), "hazard__" if filters.is_past else "")
    if filters.is_past:
        rows = with_first_information(rows, filters.then).order_by("hazard_id")
    return page_of(rows, query, show_hazard)


@router.get("/hazards/{uuid:uid}", response={200: HazardOut, **PROBLEMS})
def get_hazard(
    request: HttpRequest, uid: UUID, query: Query[MomentQuery]
) -> dict[str, Any]:
    """Return one hazardous area, now or at a past date."""
    actor, then = actor_of(request), query.then()
    if not then.is_past:
        return show_hazard(find_hazard(actor, uid))
    actor.require("hazard.view")
    return show_hazard(record_then(actor, uid, then)[1])


@router.get("/hazards/{uuid:uid}/periods", response={200: Page[PeriodOut], **PROBLEMS})
def list_periods(
    request: HttpRequest, uid: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List what was true of an area, from when to when, as known now."""
    actor = actor_of(request)
    rows: QuerySet[HazardPeriod] = periods_of(find_hazard(actor, uid), actor)
    return page_of(rows.select_related("hazard"), query, show_period)


@router.get("/hazards/{uuid:uid}/changes", response={200: Page[ChangeOut], **PROBLEMS})
def list_changes(
    request: HttpRequest, uid: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List who did what to the reports on an area, newest first."""
    actor = actor_of(request)
    actor.require("history.view")
    reports = reports_on_record(REPORTS, find_hazard(actor, uid), actor)
    rows = changes_of("hazard_report", reports.values_list("uid", flat=True))
    page = page_of(rows, query, lambda row: row)
    told = shown(page["items"], actor, house().subjects)
    return page | {"items": [show_change(row) for row in told]}


def find_hazard(actor: Actor, uid: UUID) -> HazardousArea:
    """Return a hazardous area that the actor may see."""
    actor.require("hazard.view")
    return with_scope(HazardousArea.objects.all()).get_for(actor, uid=uid)
