"""The register: map and table side by side, one set of filters in the URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelane.core.pages.keyset import page_of
from safelane.core.pages.saved import views_of
from safelane.core.scope import Actor
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.display import register_row
from safelane.hazards.filters import HazardFilter
from safelane.hazards.forms.filters import FilterForm, shown_filters
from safelane.hazards.queries import counts_of, is_coarse
from safelane.hazards.queries import register as register_rows

PAGE_NAME = "hazards"
SORTS = {
    "reference": "reference",
    "kind": "kind",
    "status": "status",
    "area": "area_m2",
    "date": "last_information",
}
PAST_SORTS = SORTS | {"reference": "hazard__reference", "date": "valid_from"}


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the areas that the filters ask for, now or at a past date."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET)
    rows, sort = sorted_rows(actor, filters, request.GET.get("sort", "-date"))
    page = page_of(rows, request.GET)
    context = {
        "page": page,
        "total": counts_of(rows)["all"],
        "rows": [register_row(row) for row in page],
        "sort": sort,
        "can_sort_area": not is_coarse(actor),
        "filters": filters,
        "form": FilterForm(request.GET, actor=actor),
        "active_filters": shown_filters(filters, request.GET),
        "views": views_of(actor, PAGE_NAME),
        "map": _map(actor, filters),
        "query_string": request.GET.urlencode(),
        "then": f"?{urlencode(filters.then.pairs())}" if filters.is_past else "",
    }
    return render(request, "hazards/register.html", context)


def sorted_rows(
    actor: Actor, filters: HazardFilter, wanted: str
) -> tuple[QuerySet[Any], str]:
    """Return the rows in the wanted order, and the order that was used."""
    names = PAST_SORTS if filters.is_past else SORTS
    key = wanted.removeprefix("-")
    # Order by exact area would tell more than the rounded numbers do.
    if key not in names or (key == "area" and is_coarse(actor)):
        wanted, key = "-date", "date"
    sign = "-" if wanted.startswith("-") else ""
    rows = register_rows(actor, filters).order_by(f"{sign}{names[key]}", f"{sign}pk")
    prefix = "hazard__" if filters.is_past else ""
    # The district of coarse rows is a parent of their village.
    place = "admin_area__parent__parent" if is_coarse(actor) else "admin_area"
    related = (place, f"{prefix}organisation", f"{prefix}country")
    outlines = [f"{name}__geometry" for name in ("admin_area", f"{prefix}country")]
    return rows.select_related(*related).defer(*outlines), wanted


def _map(actor: Actor, filters: HazardFilter) -> dict[str, Any]:
    return {
        "layers": maps.register_layers(actor, filters),
        "bounds": maps.register_bounds(actor, filters),
        "query": filters.querystring(),
    }
