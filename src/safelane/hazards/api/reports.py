"""Reports: write drafts, send them, move them through their review."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from safelane.core.api import PROBLEMS, Page, PageQuery, actor_of, page_of
from safelane.core.review.steps import move_report, step_named, withdraw_report
from safelane.core.review.writing import create_report, update_report
from safelane.core.scope import Actor
from safelane.hazards.actions import REPORTS
from safelane.hazards.api.areas import find_hazard
from safelane.hazards.api.inputs import (
    BulkMoveIn,
    MoveIn,
    ReportIn,
    StageName,
    StepName,
)
from safelane.hazards.api.presentation import show_report
from safelane.hazards.api.schemas import ReportOut
from safelane.hazards.models import HazardReport
from safelane.hazards.queries import closed_rows, reports_of, with_link
from safelane.organisations.models import Organisation

router = Router(tags=["reports"])
VIEW = "hazard_report.view"
T = TypeVar("T", bound=QuerySet[Any])
SHOWN = ("organisation", "country")


class ReportQuery(PageQuery):
    """Which reports."""

    stage: list[StageName] = []
    batch: str = Field("", pattern=r"^[\w-]{0,40}$", description="Key of an import")


@router.get("/reports", response={200: Page[ReportOut], **PROBLEMS})
def list_reports(request: HttpRequest, query: Query[ReportQuery]) -> dict[str, Any]:
    """List reports at every stage, newest information first."""
    actor = actor_of(request)
    rows = visible_reports(actor)
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.batch:
        rows = rows.filter(batch=query.batch)
    return page_of(rows, query, partial(show_report, actor=actor))


@router.get("/hazards/{uuid:uid}/reports", response={200: Page[ReportOut], **PROBLEMS})
def list_hazard_reports(
    request: HttpRequest, uid: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List the reports on one area."""
    actor = actor_of(request)
    actor.require(VIEW)
    rows = _shown(reports_of(find_hazard(actor, uid), actor), actor)
    return page_of(rows, query, partial(show_report, actor=actor))


@router.get("/reports/{uuid:uid}", response={200: ReportOut, **PROBLEMS})
def get_report(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Return one report."""
    return shown(actor_of(request), uid)


@router.post("/reports", response={201: ReportOut, **PROBLEMS})
def post_report(request: HttpRequest, body: ReportIn) -> Status[dict[str, Any]]:
    """Write a draft; nothing is known by it until it is approved."""
    actor = actor_of(request)
    actor.require("hazard_report.report")
    organisation = Organisation.objects.get_for(actor, uid=body.organisation)
    claims = body.claims(actor, organisation.country)
    report = create_report(
        REPORTS, claims, organisation=organisation, source="api", by=actor
    )
    return Status(201, shown(actor, report.uid))


@router.put("/reports/{uuid:uid}", response={200: ReportOut, **PROBLEMS})
def put_report(request: HttpRequest, uid: UUID, body: ReportIn) -> dict[str, Any]:
    """Replace what a draft says."""
    actor = actor_of(request)
    report = find_report(actor, uid)
    update_report(REPORTS, report, body.claims(actor, report.country), by=actor)
    return shown(actor, uid)


@router.post("/reports/move", response={200: list[ReportOut], **PROBLEMS})
def move_several(request: HttpRequest, body: BulkMoveIn) -> list[dict[str, Any]]:
    """Move several reports by one step: all of them or none."""
    actor = actor_of(request)
    with transaction.atomic():
        for uid in body.reports:
            take_step(find_report(actor, uid), body.step, body.reason, actor)
    return [shown(actor, uid) for uid in body.reports]


@router.post("/reports/{uuid:uid}/{step}", response={200: ReportOut, **PROBLEMS})
def move_one(
    request: HttpRequest, uid: UUID, step: StepName, body: MoveIn
) -> dict[str, Any]:
    """Move a report by one step of its review."""
    actor = actor_of(request)
    take_step(find_report(actor, uid), step, body.reason, actor)
    return shown(actor, uid)


def shown(actor: Actor, uid: UUID) -> dict[str, Any]:
    """Return a report as it stands now, as far as the actor may see it."""
    return show_report(find_report(actor, uid), actor)


def take_step(report: HazardReport, name: str, reason: str, actor: Actor) -> None:
    """Take a step by its name; an approved report is withdrawn by one of its own."""
    if name == "withdraw":
        withdraw_report(REPORTS, report, reason, by=actor)
        return
    step = step_named(name, report.stage)
    why = reason if step.needs_reason else ""
    move_report(REPORTS, report, step, reason=why, by=actor)


def visible_reports(actor: Actor) -> QuerySet[HazardReport]:
    actor.require(VIEW)
    return _shown(HazardReport.objects.visible_to(actor), actor)


def find_report(actor: Actor, uid: UUID) -> HazardReport:
    """Return a report that the actor may see."""
    actor.require(VIEW)
    return _shown(HazardReport.objects.all(), actor).get_for(actor, uid=uid)


def _shown(rows: T, actor: Actor) -> T:
    closed = Case(When(closed_rows(actor), then=Value(True)), default=Value(False))
    return with_link(rows, actor).annotate(is_closed=closed).select_related(*SHOWN)
