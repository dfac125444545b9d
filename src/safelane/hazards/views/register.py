"""The register: map and table side by side, one set of filters in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from safelane.core.facts.words import day_text
from safelane.core.pages.keyset import page_of
from safelane.core.pages.saved import views_of
from safelane.core.pages.subjects import can_report
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, is_placeless, published, shown_area
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import OWN
from safelane.hazards import maps
from safelane.hazards.actions import REPORTS
from safelane.hazards.display import Mark, coded_mark, size_text
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import counts_of, is_coarse
from safelane.hazards.queries import register as register_rows
from safelane.organisations.forms import FilterForm
from safelane.organisations.models import AdminArea, Country, Organisation
from safelane.organisations.packs import merged_choices, pack_of

PAGE_NAME = "hazards"
SORTS = {
    "reference": "reference",
    "kind": "kind",
    "status": "status",
    "area": "area_m2",
    "date": "last_information",
}
PAST_SORTS = SORTS | {"reference": "hazard__reference", "date": "valid_from"}
CODES = {fact.filter: fact.codes for fact in HazardFilter.asked()}
NAMED: dict[str, Callable[[Actor], Any]] = {
    "area": lambda _actor: AdminArea.objects,
    "organisation": Organisation.objects.visible_to,
}


class RegisterFilters(FilterForm):
    """The filters of the register."""

    asks = HazardFilter
    usual = ("q", "kind", "status", "area")
    dates = (_("Information from"), _("Information until"))


def shown_filters(
    filters: HazardFilter, data: QueryDict, actor: Actor
) -> list[dict[str, str]]:
    """Return the active filters with the address that takes each one away."""
    shown = []
    for name, label in RegisterFilters.labels.items():
        value = getattr(filters, name)
        if value in ("", (), None):
            continue
        rest = data.copy()
        for key in (name, "after", "before"):
            rest.pop(key, None)
        text = "" if name == "bbox" else _value_text(name, value, actor)
        text = filters.then.known_words if name == "known_at" else text
        url = f"?{rest.urlencode()}"
        shown.append({"label": str(label), "value": text, "url": url})
    return shown


def _value_text(name: str, value: Any, actor: Actor) -> str:
    if name in CODES:
        labels = merged_choices(Country.objects.all(), CODES[name])
        return ", ".join(labels.get(code, code) for code in value)
    if name in NAMED:
        seen = NAMED[name](actor).filter(pk=value).first()
        return str(seen or value)
    return day_text(value)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the register, at the reader's precision.

    Args:
        names: Name and place, without what stands in the reference or the other.
    """

    uid: str
    reference: str
    names: list[str]
    kind: Mark
    status: Mark
    area: str
    last_information: date | None
    bounds: str
    is_exact: bool


def register_row(row: HazardousArea | HazardPeriod) -> RegisterRow:
    """Return a row of ``queries.register`` as one line."""
    area, facts = row.area, published(row)
    pack = pack_of(area.country)
    geometry = facts.get("geometry")
    return RegisterRow(
        uid=str(area.uid),
        reference=area.reference,
        names=_names(area.reference, facts.get("name", ""), str(shown_area(row) or "")),
        kind=coded_mark(pack, "kind", row.kind, short=True),
        status=coded_mark(pack, "status", row.status),
        area=size_text(facts, exact=is_exact(row), placed=not is_placeless(row)),
        last_information=row.informed_on,
        bounds=",".join(f"{n:.6f}" for n in geometry.bounds) if geometry else "",
        is_exact=is_exact(row),
    )


def _names(reference: str, name: str, place: str) -> list[str]:
    words = name.replace(reference, "").split()
    own = " ".join(w for w in words if not reference.endswith(f"-{w}"))
    if own and place not in own:
        return [own, place]
    return [own or place] if own or place else []


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the areas that the filters ask for, now or at a past date."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET, OWN)
    rows, sort = sorted_rows(actor, filters, request.GET.get("sort", "-date"))
    page = page_of(rows, request.GET)
    context = {
        "page": page,
        "total": counts_of(rows)["all"],
        "can_report": can_report(REPORTS, actor),
        "rows": [register_row(row) for row in page],
        "sort": sort,
        "can_sort_area": not is_coarse(actor),
        "filters": filters,
        "form": RegisterFilters(request.GET, actor=actor),
        "active_filters": shown_filters(filters, request.GET, actor),
        "views": views_of(actor, PAGE_NAME),
        "map": {
            "layers": maps.register_layers(actor, filters),
            "bounds": maps.register_bounds(actor, filters),
            "query": filters.querystring(),
        },
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
