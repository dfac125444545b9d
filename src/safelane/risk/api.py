"""REST API of survey priors: runs and the units that they ranked."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

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
from safelane.risk.models import RankedUnit, SurveyPrior
from safelane.risk.queries import prior_for, priors, ranked
from safelane.risk.wording import context_text, reasons_text, statement

router = Router(tags=["priorities"])
Level = Literal["district", "community", "unit"]


class PriorOut(Schema):
    """A run of the ranking. A prior is never evidence for a hazardous area."""

    uid: UUID
    title: str
    country: str
    organisation: str
    run_by: str
    run_at: str
    reason: str
    weights: dict[str, float]
    missing_layers: list[str]
    account: dict[str, Any]
    counts: dict[str, int]
    read_this: str = Field(description="What a prior does not say")


class UnitQuery(PageQuery):
    """Which units."""

    level: Level = "district"
    q: str = Field("", max_length=100, description="Part of a name or code")


class UnitOut(Schema):
    """A ranked district, community or survey unit."""

    level: str
    rank: int
    code: str
    name: str
    where: str
    score: float
    rank_p5: int
    rank_p95: int
    share_in_top: float
    partial: bool
    facts: dict[str, float | None]
    percentiles: dict[str, float | None]
    why: str
    geometry: GeoJSON | None


@router.get("/priors", response={200: Page[PriorOut], **PROBLEMS})
def list_priors(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the runs in reach, newest first."""
    actor = actor_of(request)
    actor.require("prior.view")
    return page_of(priors(actor), query, show_prior)


@router.get("/priors/{uid}", response={200: PriorOut, **PROBLEMS})
def get_prior(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Return one run."""
    actor = actor_of(request)
    actor.require("prior.view")
    return show_prior(prior_for(actor, str(uid)))


@router.get("/priors/{uid}/units", response={200: Page[UnitOut], **PROBLEMS})
def list_units(
    request: HttpRequest, uid: UUID, query: Query[UnitQuery]
) -> dict[str, Any]:
    """List what a run ranked, in order of rank."""
    actor = actor_of(request)
    actor.require("prior.view")
    rows = ranked(actor, prior_for(actor, str(uid)), query.level, query.q)
    return page_of(rows, query, show_unit)


def show_prior(prior: SurveyPrior) -> dict[str, Any]:
    names = ("uid", "title", "reason", "weights", "missing_layers", "account", "counts")
    return {name: getattr(prior, name) for name in names} | {
        "country": prior.country.code,
        "organisation": prior.organisation.short_name,
        "run_by": prior.created_by_name,
        "run_at": prior.created_at.isoformat(),
        "read_this": statement(),
    }


def show_unit(unit: RankedUnit) -> dict[str, Any]:
    own = ("level", "rank", "code", "name", "score", "partial", "facts", "percentiles")
    return {name: getattr(unit, name) for name in own} | {
        "where": context_text(unit.context["parent"], unit.context.get("near")),
        "rank_p5": unit.rank_low,
        "rank_p95": unit.rank_high,
        "share_in_top": unit.top_share,
        "why": reasons_text(unit.reasons),
        "geometry": as_geojson(unit.geometry),
    }
