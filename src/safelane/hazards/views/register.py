"""The register: map and table side by side, one set of filters in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from safelane.core.facts.forms import choice_field, day_field, day_input
from safelane.core.facts.words import day_text
from safelane.core.filters.reading import number_of
from safelane.core.pages.keyset import page_of
from safelane.core.pages.saved import views_of
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, published, shown_area
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import OWN
from safelane.hazards import maps
from safelane.hazards.display import Mark, coded_mark, size_text
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod
from safelane.hazards.queries import counts_of, is_coarse
from safelane.hazards.queries import register as register_rows
from safelane.organisations.models import AdminArea, Country, Organisation
from safelane.organisations.packs import merged_choices, pack_of
from safelane.organisations.queries import offered_areas

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
LABELS = {
    "q": _("Words"),
    "kind": _("Type"),
    "status": _("Status"),
    "priority": _("Priority"),
    "grade": _("Grade"),
    "organisation": _("Organisation"),
    "country": _("Country"),
    "area": _("Admin area"),
    "bbox": _("Map extent"),
    "date_from": _("Information from"),
    "date_to": _("Information until"),
    "as_of": _("What was true on"),
    "known_at": _("As known on"),
}


class FilterForm(forms.Form):
    """What :class:`HazardFilter` reads, as a form; it shows, the filter validates.

    Args:
        actor: Whose organisations and admin areas are offered.
    """

    use_required_attribute = False
    q = forms.CharField(label=LABELS["q"], required=False)
    date_from = day_field(LABELS["date_from"], required=False)
    date_to = day_field(LABELS["date_to"], required=False)
    as_of = day_field(LABELS["as_of"], required=False)
    known_at = forms.CharField(
        label=LABELS["known_at"], required=False, widget=day_input()
    )
    bbox = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        countries = list(maps.home_countries(actor))
        for name in ("kind", "status", "grade"):
            codes = merged_choices(countries, CODES[name])
            self._choose(name, list(codes.items()))
        areas, is_whole = offered_areas(countries, number_of(data, "area"))
        self._choose("area", [(str(a.pk), a.full_name) for a in areas])
        if not is_whole:
            self.fields["area"].help_text = _("Show an area to be offered those in it.")
        organisations = Organisation.objects.visible_to(actor)
        self._choose("organisation", [(str(o.pk), str(o)) for o in organisations])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = choice_field(LABELS[name], choices)

    def first(self) -> list[Any]:
        """Return the filters that most people use."""
        return [self[name] for name in ("q", "kind", "status", "area")]

    def more(self) -> list[Any]:
        """Return the other filters."""
        names = ("organisation", "grade", "date_from", "date_to", "as_of", "known_at")
        return [self[name] for name in names]


def shown_filters(
    filters: HazardFilter, data: QueryDict, actor: Actor
) -> list[dict[str, str]]:
    """Return the active filters with the address that takes each one away."""
    shown = []
    for name, label in LABELS.items():
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
        area=size_text(facts, exact=is_exact(row)),
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
        "rows": [register_row(row) for row in page],
        "sort": sort,
        "can_sort_area": not is_coarse(actor),
        "filters": filters,
        "form": FilterForm(request.GET, actor=actor),
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
