"""Pages on where to survey first: runs, one run, other weights, files."""

from __future__ import annotations

from typing import Any

import shapely
from django import forms
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from shapely.geometry.base import BaseGeometry

from safelane.core.api import as_geojson
from safelane.core.i18n.localize import fixed_text
from safelane.core.jobs.actions import start_job
from safelane.core.pages.keyset import page_of
from safelane.core.ui.context import actor_of
from safelane.risk.actions import note_export
from safelane.risk.exchange import csv_lines, geojson_parts
from safelane.risk.models import LEVELS, RankedUnit, SurveyPrior
from safelane.risk.policies import SurveyPriorPolicy
from safelane.risk.queries import prior_for, priors, ranked
from safelane.risk.report import report_pdf
from safelane.risk.wording import (
    LEVEL_NAMES,
    account_rows,
    layer_name,
    places_note,
    reasons_text,
    sensitivity_rows,
    statement,
    weight_rows,
    where_text,
)

ON_PAGE, ON_MAP = 25, 1000
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "pdf": "application/pdf",
}
SIMPLE_DEG = 0.004  # about 400 m: a district outline on a country map
PREFIX = "weight_"
LARGEST = 100


class WeightsForm(forms.Form):
    """One weight per layer of a run, and why they change."""

    reason = forms.CharField(
        label=gettext_lazy("Why these weights?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=gettext_lazy(
            "It stays with the new run, beside your name and the time."
        ),
    )

    shared = forms.BooleanField(
        label=gettext_lazy("Rank as if nothing had been surveyed yet"),
        required=False,
        help_text=gettext_lazy(
            "Then it tells nothing of hazardous areas, and whoever may see rankings"
            " sees it; otherwise only those who see all areas exactly."
        ),
    )

    def __init__(self, prior: SurveyPrior, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layers = list(prior.weights)
        for layer, weight in prior.weights.items():
            self.fields[PREFIX + layer] = forms.FloatField(
                label=layer_name(prior.kind, layer),
                min_value=0,
                max_value=LARGEST,
                initial=round(100 * weight, 1),
                widget=forms.NumberInput(attrs={"step": "0.1"}),
            )
        self.order_fields([PREFIX + layer for layer in self.layers])

    def clean(self) -> dict[str, Any]:
        """Refuse weights that are all nothing."""
        cleaned = super().clean() or {}
        given = [cleaned.get(PREFIX + layer) for layer in self.layers]
        if None not in given and not any(given):
            raise forms.ValidationError(_("Give at least one layer a weight above 0."))
        return cleaned

    @property
    def weights(self) -> dict[str, float]:
        """Weight by layer, as typed."""
        return {n: float(self.cleaned_data[PREFIX + n]) for n in self.layers}


def prior_list(request: HttpRequest) -> HttpResponse:
    """Show the runs in scope, newest first."""
    actor_of(request).require("prior.view")
    page = page_of(priors(actor_of(request)), request.GET)
    return render(request, "risk/list.html", {"page": page, "statement": statement()})


def prior_detail(
    request: HttpRequest, uid: str, form: WeightsForm | None = None
) -> HttpResponse:
    """Show one run: map and table of a level, account, sensitivity, weights."""
    prior = prior_for(actor_of(request), uid)
    level = _level(request)
    words = request.GET.get("q", "").strip()[:100]
    rows = ranked(actor_of(request), prior, level, words)
    page = page_of(rows, request.GET, ON_PAGE)
    context = {
        "prior": prior,
        "statement": statement(),
        "places_note": places_note(),
        "notes": [_(note) for note in prior.notes],
        "level": level,
        "level_name": LEVEL_NAMES[level],
        "tabs": _tabs(prior, level),
        "words": words,
        "page": page,
        "rows": [_row(unit) for unit in page],
        "map": _map_options(prior, level, page),
        "account": account_rows(prior),
        "weights": weight_rows(prior),
        "sensitivity": sensitivity_rows(prior, every=True),
        "form": form or WeightsForm(prior),
        "may_run": _may(request, prior, "run"),
        "before_open": priors(actor_of(request)).filter(reruns=prior).exists(),
        "may_export": _may(request, prior, "export"),
    }
    return render(request, "risk/prior.html", context)


def prior_map(request: HttpRequest, uid: str) -> JsonResponse:
    """Return the first units of a level as GeoJSON for the map."""
    prior = prior_for(actor_of(request), uid)
    level = _level(request)
    units = list(ranked(actor_of(request), prior, level)[:ON_MAP])
    # Ranks count the whole country, also for who sees a part of it.
    count = min(prior.counts.get(level, 0), ON_MAP)
    features = [_feature(unit, count) for unit in units]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_POST
def prior_reweigh(request: HttpRequest, uid: str) -> HttpResponse:
    """Start a rerun with other weights."""
    prior = prior_for(actor_of(request), uid)
    SurveyPriorPolicy.require_row(actor_of(request), "run", prior)
    form = WeightsForm(prior, request.POST)
    if not form.is_valid():
        return prior_detail(request, uid, form)
    params = {
        "prior": str(prior.uid),
        "weights": form.weights,
        "reason": form.cleaned_data["reason"],
        "shared": form.cleaned_data["shared"],
    }
    title = _("Rank again: %(title)s") % {"title": prior.shown_title}
    by = actor_of(request)
    run = start_job("risk.reweigh", params, verb="prior.run", title=title, by=by)
    messages.success(request, _("The ranking is made again with your weights."))
    return redirect("jobs:detail", uid=run.uid)


def prior_file(request: HttpRequest, uid: str, form: str) -> HttpResponseBase:
    """Hand out a level, or all levels, as CSV or GeoJSON; or the two-page report."""
    prior = prior_for(actor_of(request), uid)
    note_export(prior, form, by=actor_of(request))
    answer: HttpResponseBase
    if form == "pdf":
        page = request.build_absolute_uri(reverse("risk:prior", args=[prior.uid]))
        answer = HttpResponse(report_pdf(prior, actor_of(request), page))
    else:
        write = csv_lines if form == "csv" else geojson_parts
        answer = StreamingHttpResponse(write(prior, _all_units(request, prior)))
    answer["Content-Type"] = MEDIA_TYPES[form]
    answer["Content-Disposition"] = f'attachment; filename="survey-first.{form}"'
    return answer


def _all_units(request: HttpRequest, prior: SurveyPrior) -> Any:
    chosen = request.GET.get("level")
    for level, _label in LEVELS:
        if chosen in (None, "", level):
            yield from ranked(actor_of(request), prior, level).iterator(chunk_size=500)


def _may(request: HttpRequest, prior: SurveyPrior, verb: str) -> bool:
    rows = SurveyPrior.objects.editable_by(actor_of(request), verb)
    return bool(rows.filter(pk=prior.pk).exists())


def _level(request: HttpRequest) -> str:
    chosen = request.GET.get("level", "")
    return chosen if chosen in LEVEL_NAMES else "district"


def _tabs(prior: SurveyPrior, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": LEVEL_NAMES[level],
            "url": f"?level={level}",
            "is_current": level == current,
            "count": prior.counts.get(level),
        }
        for level, _label in LEVELS
    ]


def _row(unit: RankedUnit) -> dict[str, Any]:
    west, south, east, north = unit.geometry.bounds
    return {
        "unit": unit,
        "where": where_text(unit),
        "why": reasons_text(unit.reasons),
        "score": fixed_text(unit.score, 3),
        "firm": round(100 * unit.top_share),
        "bounds": f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}",
    }


def _map_options(prior: SurveyPrior, level: str, page: Any) -> dict[str, Any]:
    url = reverse("risk:map", args=[prior.uid])
    layer = {"kind": "priority", "url": f"{url}?level={level}", "name": "priority"}
    bounds = _bounds([unit.geometry for unit in page])
    return {"layers": [layer], "bounds": bounds, "sync": "#ranking"}


def _bounds(shapes: list[BaseGeometry]) -> list[float] | None:
    return [float(side) for side in shapely.total_bounds(shapes)] if shapes else None


def _feature(unit: RankedUnit, count: int) -> dict[str, Any]:
    shape = unit.geometry
    if unit.level == "district":
        shape = shape.simplify(SIMPLE_DEG)
    return {
        "type": "Feature",
        "properties": {
            "uid": unit.code,
            "name": f"{unit.rank}. {unit.name}",
            # The map colours by the place in the list, not by the score: the first
            # thousand units all score above 0.9.
            "score": round(max(0, 1 - (unit.rank - 1) / max(count, 1)), 4),
            "score_label": _("Rank %(low)s to %(high)s")
            % {"low": unit.rank_low, "high": unit.rank_high},
            "note": reasons_text(unit.reasons[:1]),
        },
        "geometry": as_geojson(shape),
    }


app_name = "risk"
urlpatterns = [
    path("", prior_list, name="list"),
    path("<uuid:uid>/", prior_detail, name="prior"),
    path("<uuid:uid>/map.geojson", prior_map, name="map"),
    path("<uuid:uid>/weights/", prior_reweigh, name="reweigh"),
    *(
        path(f"<uuid:uid>/survey-first.{form}", prior_file, {"form": form}, form)
        for form in MEDIA_TYPES
    ),
]
