"""Areas that share ground, on the map and in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from shapely.geometry.base import BaseGeometry

from safelane.core.geo.measure import area_m2
from safelane.core.history.kept import kept
from safelane.core.pages import Emptiness, emptiness_of
from safelane.core.pages.keyset import page_of
from safelane.core.scope import Actor, Precision
from safelane.core.ui.context import actor_of
from safelane.core.ui.layers import Feature, data_layer, feature
from safelane.core.ui.reach import OWN
from safelane.hazards import maps
from safelane.hazards.filters import HazardFilter
from safelane.hazards.judging.ground import Layer, shared_ground
from safelane.hazards.models import HazardousArea
from safelane.hazards.queries import is_coarse, register

Pair = tuple[int, int, float]
NO_OVERLAP = Emptiness(
    gettext_lazy("No areas overlap"),
    gettext_lazy(
        "When two areas claim the same ground, the pair is listed here with the ground "
        "in common."
    ),
    "layers-intersect",
)


@dataclass(frozen=True, slots=True)
class SharedGround:
    """Two areas, the ground in common (m²) and its share of the smaller one."""

    one: HazardousArea
    other: HazardousArea
    common: BaseGeometry
    common_m2: float
    share: float


@require_safe
def overlap_map(request: HttpRequest) -> HttpResponse:
    """Show where areas overlap: usually the same ground reported twice."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET, OWN)
    rows = register(actor, filters)
    pairs = _kept_pairs(rows)
    page = page_of(pairs, request.GET)
    found = _shown(rows, page.object_list)
    layers = maps.register_layers(actor, filters)
    layers.append(data_layer("overlap", [_feature(item) for item in found]))
    shapes = [item.common for item in found]
    box = shapely.union_all(shapes).bounds if shapes else maps.home_bounds(actor)
    context = {
        "page": page,
        "overlaps": found,
        "emptiness": _emptiness(actor, rows, request.GET),
        "nothing": NO_OVERLAP,
        "filters": filters,
        "map": {"layers": layers, "bounds": box, "query": filters.querystring()},
    }
    return render(request, "hazards/overlaps.html", context)


def _emptiness(actor: Actor, rows: QuerySet[Any], query: QueryDict) -> str:
    """Return why no pair is listed; rough areas are not compared."""
    why = emptiness_of(actor, rows, query)
    if not is_coarse(actor):
        return why
    return "filtered reach" if "filtered" in why else "reach"


def _shown(rows: QuerySet[Any], pairs: Sequence[Pair]) -> list[SharedGround]:
    keys = {key for one, other, _share in pairs for key in (one, other)}
    known = rows.select_related("admin_area").in_bulk(keys)
    found = []
    for one, other, share in pairs:
        ground = [known[key].geometry for key in (one, other)]
        common = ground[0].intersection(ground[1])
        first, second = known[one].area, known[other].area
        found.append(SharedGround(first, second, common, area_m2(common), share))
    return found


def _kept_pairs(rows: QuerySet[Any]) -> list[Pair]:
    """Return keys of all areas that overlap and the share, largest first.

    Only areas that the actor sees exactly are compared, by what held then; compared
    anew after a change.
    """
    exact = Q(precision=Precision.EXACT, geometry__isnull=False)
    keyed = rows.filter(exact).order_by("pk").values_list("pk", "geometry")
    return kept(keyed, "overlaps", lambda: _pairs(list(keyed)))


def _pairs(keyed: list[tuple[int, BaseGeometry]]) -> list[Pair]:
    keys = [key for key, _shape in keyed]
    layer = Layer(["" for _key in keys], keys, [shape for _key, shape in keyed])
    pairs = [(keys[i], keys[j], s) for i, j, _area, s in shared_ground(layer)]
    return sorted(pairs, key=lambda pair: (-pair[2], *pair[:2]))


def _feature(item: SharedGround) -> Feature:
    name = f"{item.one.reference} ∩ {item.other.reference}"
    return feature(item.common, uid=str(item.one.uid), reference=name)
