"""One hazardous area: what is held true of it, why, and since when."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelane.core.history.queries import changes_of
from safelane.core.scope import Actor, Precision
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.actions.reports import REPORT
from safelane.hazards.changes import told
from safelane.hazards.display import (
    box_counts,
    kind_mark,
    pack_of,
    shown_facts,
    status_mark,
)
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import (
    boxes_of,
    finds_of,
    known_days,
    overlapping,
    published,
    reports_of,
    state_of,
)
from safelane.organisations.queries import role_names

MOST_CHANGES = 200
MOST_FINDS = 500
MOST_BOXES = 500


@require_safe
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an area as it is known now, or as of a past date."""
    actor = actor_of(request)
    actor.require("hazard.view")
    rows = HazardousArea.objects.select_related("organisation", "country", "admin_area")
    hazard = rows.get_for(actor, uid=uid)
    filters = HazardFilter.parse(request.GET)
    state = state_in(hazard, actor, filters)
    context = {
        "hazard": hazard,
        "filters": filters,
        "days": known_days(hazard, actor),
        "missing": state is None,
        **state_context(state, actor),
        **related_context(hazard, actor),
        **box_context(hazard, actor, filters),
    }
    template = (
        "hazards/parts/state.html" if _is_part(request) else "hazards/record.html"
    )
    return render(request, template, context)


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "state"


def state_in(
    hazard: HazardousArea, actor: Actor, filters: HazardFilter
) -> HazardousArea | HazardPeriod | None:
    """Return the area itself, its past state, or None before anything was known."""
    if not filters.is_past:
        return hazard
    return state_of(hazard, actor, filters.as_of, filters.known_at)


def state_context(
    state: HazardousArea | HazardPeriod | None, actor: Actor
) -> dict[str, Any]:
    """Return what the facts and the map of a state need."""
    if state is None:
        return {"facts": [], "is_exact": True}
    facts, pack = published(state), pack_of(state)
    geometry = facts.get("geometry")
    return {
        "facts": shown_facts(facts, pack),
        "kind": kind_mark(pack, state.kind),
        "status": status_mark(pack, state.status),
        "is_exact": int(state.precision) == Precision.EXACT,  # type: ignore[union-attr]
        "bounds": geometry.bounds if geometry is not None else pack.bounds,
        "area_layer": [maps.data_layer("hazards", [maps.area_feature(state)])],
    }


def related_context(hazard: HazardousArea, actor: Actor) -> dict[str, Any]:
    """Return evidence, finds, reports, overlaps and changes that the actor may see."""
    evidence, ordnance = finds_of(hazard, actor)
    reports = reports_of(hazard, actor).select_related("organisation", "entered_by")
    is_exact = int(hazard.precision) == Precision.EXACT  # type: ignore[attr-defined]
    shown_evidence = list(evidence.select_related("photo")[:MOST_FINDS])
    shown_ordnance = list(ordnance.select_related("photo")[:MOST_FINDS])
    overlaps = []
    if is_exact and hazard.geometry is not None:
        overlaps = overlapping(actor, hazard.geometry, exclude=hazard.pk)
    return {
        "evidence": shown_evidence,
        "ordnance": shown_ordnance,
        "reports": reports,
        "overlaps": overlaps,
        "pack": pack_of(hazard),
        "photos": [f for f in (*shown_evidence, *shown_ordnance) if f.photo],
        "find_layers": find_layers(shown_evidence, shown_ordnance),
        "changes": _changes(hazard, actor),
        "roles": role_names(),
    }


def box_context(
    hazard: HazardousArea, actor: Actor, filters: HazardFilter
) -> dict[str, Any]:
    """Return the survey boxes of an area, now or in the past, seen exactly."""
    rows = boxes_of(hazard, actor, filters.as_of, filters.known_at)
    exact = rows.filter(Q(precision=Precision.EXACT)).select_related("report")
    boxes = list(exact.defer("report__geometry").order_by("grid_number")[:MOST_BOXES])
    pack = pack_of(hazard)
    return {
        "boxes": boxes,
        "box_counts": box_counts(boxes, pack),
        "box_layers": [maps.box_layer(boxes, pack)] if boxes else [],
    }


def find_layers(evidence: list[Any], ordnance: list[Any]) -> list[dict[str, Any]]:
    """Return the map layers of some finds."""
    return [
        maps.data_layer("evidence", maps.find_features(evidence)),
        maps.data_layer("ordnance", maps.find_features(ordnance)),
    ]


def _changes(hazard: HazardousArea, actor: Actor) -> list[dict[str, Any]]:
    """Return who did what to the reports of this area, newest first."""
    if not actor.may("history.view"):
        return []
    reports = list(reports_of(hazard, actor).values_list("uid", flat=True))
    return told(changes_of(REPORT, reports)[:MOST_CHANGES], pack_of(hazard))
