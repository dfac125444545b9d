"""One hazardous area: what is held true of it, why, and since when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelane.core.facts import facts_of
from safelane.core.facts.words import shown_facts
from safelane.core.filters.reading import Moment
from safelane.core.pages.subjects import can_report
from safelane.core.review.queries import (
    changes_on_record,
    first_rows,
    reports_on_record,
)
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, is_placeless, published, shown_area
from safelane.core.ui.context import actor_of
from safelane.core.ui.layers import data_layer
from safelane.core.ui.reach import OWN
from safelane.hazards import maps
from safelane.hazards.actions.report import REPORTS
from safelane.hazards.display import box_counts, coded_mark
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod, SurveyBox
from safelane.hazards.policies import EvidencePolicy
from safelane.hazards.queries import (
    Overlap,
    boxes_of,
    finds_of,
    known_days,
    overlapping,
    record_of,
    was_elsewhere,
)
from safelane.hazards.views.reports import told
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import role_names

State = HazardousArea | HazardPeriod | None
MOST_CHANGES = 200
MOST_FOUND = 500


@require_safe
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Show an area as it is known now, or what was known of it as of a past date."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET, OWN)
    then = filters.then
    hazard, state = record_of(actor, uid, then)
    context = {
        "hazard": hazard,
        "state": state,
        "filters": filters,
        "can_report": can_report(REPORTS, actor, hazard),
        "days": known_days(hazard, actor, then),
        "missing": state is None,
        "elsewhere": state is None and was_elsewhere(hazard, then),
        **state_context(state),
        **_related_context(hazard, state, actor, then),
    }
    is_part = request.headers.get("HX-Target") == "state"
    template = "hazards/parts/record_state.html" if is_part else "hazards/record.html"
    return render(request, template, context)


def state_context(state: State) -> dict[str, Any]:
    """Return what the facts and the map of a state need."""
    if state is None:
        return {"facts": [], "is_exact": True}
    facts, pack = published(state), pack_of(state.area.country)
    geometry, is_placed = facts.get("geometry"), not is_placeless(state)
    area = data_layer("hazards", [maps.area_feature(state)])
    return {
        "facts": shown_facts(facts_of(type(state)), facts, pack, exact=is_exact(state)),
        "kind": coded_mark(pack, "kind", state.kind),
        "status": coded_mark(pack, "status", state.status),
        "is_exact": is_exact(state),
        "admin_area": shown_area(state),
        # Beyond the cell it is hidden, whether it is known or not.
        "no_outline": is_placed and facts.get("area_m2") is None,
        "no_position": is_placed and geometry is None,
        "last_information": state.informed_on,
        "bounds": geometry.bounds if geometry is not None else pack.bounds,
        "area_layer": [area | {"rough": "" if is_exact(state) else "all"}],
    }


def _related_context(
    hazard: HazardousArea, state: State, actor: Actor, then: Moment
) -> dict[str, Any]:
    """Return what stands around a state, as known then and as far as it is open.

    Evidence, finds, boxes, photos, reports, overlaps and changes.
    """
    pack = pack_of(hazard.country)
    reports = reports_on_record(REPORTS, hazard, actor, then)
    (evidence, more_evidence), (ordnance, more_ordnance) = (
        first_rows(rows.select_related("photo"), MOST_FOUND)
        for rows in finds_of(hazard, actor, then)
    )
    boxes, more_boxes, counts = _boxes(state, actor, then)
    changes, more_changes = first_rows(
        changes_on_record(REPORTS, reports, actor, then), MOST_CHANGES
    )
    return {
        "evidence": evidence,
        # Any organisation of the country may have reported evidence of an area.
        "evidence_open": is_exact(hazard)
        and EvidencePolicy.opens_country(actor, hazard.country_id),
        "ordnance": ordnance,
        "boxes": boxes,
        "more_boxes": more_boxes,
        "box_counts": counts,
        "reports": reports.select_related("organisation", "entered_by"),
        "overlaps": _overlaps(state, actor, then),
        "pack": pack,
        "photos": [find for find in (*evidence, *ordnance) if find.photo],
        "find_layers": maps.found_layers(evidence, ordnance, boxes, pack),
        "changes": told(changes, pack, actor),
        "roles": role_names(),
        "left_out": {
            "evidence": more_evidence,
            "ordnance": more_ordnance,
            "changes": more_changes,
        },
    }


def _overlaps(state: State, actor: Actor, then: Moment) -> list[Overlap]:
    if state is None or state.geometry is None or not is_exact(state):
        return []
    return overlapping(actor, state.geometry, exclude=state.area.pk, then=then)


def _boxes(
    state: State, actor: Actor, then: Moment
) -> tuple[list[SurveyBox], int, list[tuple[str, int]]]:
    """Return the boxes of a state seen exactly, how many more, and all by result."""
    if state is None:
        return [], 0, []
    rows = boxes_of(state, actor, then)
    counted = rows.order_by().values_list("result", flat=True)
    related = rows.select_related("report").defer("report__geometry")
    boxes, more = first_rows(related.order_by("grid_number"), MOST_FOUND)
    return boxes, more, box_counts(counted, pack_of(state.area.country))
