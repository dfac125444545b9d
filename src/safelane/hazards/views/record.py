"""One hazardous area: what is held true of it, why, and since when."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelane.core.filters.moment import Moment
from safelane.core.history.queries import changes_of
from safelane.core.scope import Actor
from safelane.core.scope.coarse import shown_area
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORT
from safelane.hazards.changes import told
from safelane.hazards.display import (
    box_counts,
    kind_mark,
    pack_of,
    shown_facts,
    status_mark,
)
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod, HazardReport
from safelane.hazards.policies import EvidencePolicy
from safelane.hazards.queries import (
    Overlap,
    boxes_of,
    finds_of,
    is_exact,
    known_days,
    overlapping,
    published,
    record_of,
    reports_of,
    was_elsewhere,
)
from safelane.organisations.queries import role_names

T = TypeVar("T", bound=Model)
MOST_CHANGES = 200
MOST_FINDS = 500
MOST_BOXES = 500


@require_safe
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an area as it is known now, or what was known of it as of a past date."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET)
    then = filters.then
    hazard, state = record_of(actor, uid, then)
    context = {
        "hazard": hazard,
        "state": state,
        "filters": filters,
        "days": known_days(hazard, actor, then),
        "missing": state is None,
        "elsewhere": state is None and was_elsewhere(hazard, then),
        **state_context(state, actor),
        **related_context(hazard, state, actor, then),
    }
    template = (
        "hazards/parts/record_state.html"
        if _is_part(request)
        else "hazards/record.html"
    )
    return render(request, template, context)


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "state"


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
        "is_exact": is_exact(state),
        "admin_area": shown_area(state),
        "last_information": getattr(state, "valid_from", None)
        or getattr(state, "last_information", None),
        "bounds": geometry.bounds if geometry is not None else pack.bounds,
        "area_layer": [maps.data_layer("hazards", [maps.area_feature(state)])],
    }


def related_context(
    hazard: HazardousArea,
    state: HazardousArea | HazardPeriod | None,
    actor: Actor,
    then: Moment,
) -> dict[str, Any]:
    """Return what stands around a state, as known then and as far as it is open.

    Evidence, finds, boxes, photos, reports, overlaps and changes.
    """
    evidence, ordnance = finds_of(hazard, actor, then)
    reports = reports_of(hazard, actor, then)
    shown_evidence, more_evidence = _first(evidence.select_related("photo"), MOST_FINDS)
    shown_ordnance, more_ordnance = _first(ordnance.select_related("photo"), MOST_FINDS)
    changes, more_changes = _changes(reports, hazard, actor, then)
    return {
        "evidence": shown_evidence,
        "evidence_open": is_exact(hazard) and _all_evidence(hazard, actor),
        "ordnance": shown_ordnance,
        "reports": reports.select_related("organisation", "entered_by"),
        "overlaps": _overlaps(state, actor, then),
        "pack": pack_of(hazard),
        "photos": [f for f in (*shown_evidence, *shown_ordnance) if f.photo],
        "find_layers": find_layers(shown_evidence, shown_ordnance),
        "changes": changes,
        "roles": role_names(),
        **box_context(state, actor, then),
        "left_out": {
            "evidence": more_evidence,
            "ordnance": more_ordnance,
            "changes": more_changes,
        },
    }


def _all_evidence(hazard: HazardousArea, actor: Actor) -> bool:
    """Say whether an empty list of evidence means that there is none.

    Any organisation of the country may have reported evidence of an area.
    """
    return EvidencePolicy.opens_country(actor, hazard.country_id)


def _first(rows: QuerySet[T], most: int) -> tuple[list[T], int]:
    """Return the first rows, and how many more there are: nothing is cut unsaid."""
    shown = list(rows[: most + 1])
    if len(shown) <= most:
        return shown, 0
    return shown[:most], rows.count() - most


def _overlaps(
    state: HazardousArea | HazardPeriod | None, actor: Actor, then: Moment
) -> list[Overlap]:
    if state is None or state.geometry is None or not is_exact(state):
        return []
    area = getattr(state, "hazard_id", state.pk)
    return overlapping(actor, state.geometry, exclude=area, then=then)


def box_context(
    state: HazardousArea | HazardPeriod | None, actor: Actor, then: Moment
) -> dict[str, Any]:
    """Return the survey boxes of a state, now or in the past, seen exactly."""
    if state is None:
        return {"boxes": [], "more_boxes": 0, "box_layers": []}
    rows = boxes_of(state, actor, then)
    counted = rows.order_by().values_list("result", flat=True)
    related = rows.select_related("report").defer("report__geometry")
    boxes, more = _first(related.order_by("grid_number"), MOST_BOXES)
    pack = pack_of(state)
    return {
        "boxes": boxes,
        "more_boxes": more,
        "box_counts": box_counts(counted, pack),
        "box_layers": [maps.box_layer(boxes, pack)] if boxes else [],
    }


def find_layers(evidence: list[Any], ordnance: list[Any]) -> list[dict[str, Any]]:
    """Return the map layers of some finds."""
    return [
        maps.data_layer("evidence", maps.find_features(evidence)),
        maps.data_layer("ordnance", maps.find_features(ordnance)),
    ]


def _changes(
    reports: QuerySet[HazardReport], hazard: HazardousArea, actor: Actor, then: Moment
) -> tuple[list[dict[str, Any]], int]:
    """Return who did what to the reports until then, newest first, and what is more."""
    if not actor.may("history.view"):
        return [], 0
    rows = changes_of(REPORT, list(reports.values_list("uid", flat=True)))
    if then.known_at is not None:
        rows = rows.filter(server_time__lte=then.known_at)
    shown, more = _first(rows, MOST_CHANGES)
    return told(shown, pack_of(hazard), actor), more
