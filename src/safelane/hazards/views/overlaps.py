"""Areas that share ground, on the map and in a list."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from safelane.core.geo import area_m2
from safelane.core.scope import Actor, Precision
from safelane.core.ui.context import actor_of
from safelane.hazards import maps
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea
from safelane.hazards.queries import areas

MOST_PAIRS = 200
MOST_AREAS = 200_000


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
    filters = HazardFilter.parse(request.GET)
    found, is_cut = find_overlaps(actor, filters)
    layers = maps.register_layers(actor, filters)
    layers.append(maps.data_layer("overlap", [_feature(item) for item in found]))
    shapes = [item.common for item in found]
    box = shapely.union_all(shapes).bounds if shapes else maps.home_bounds(actor)
    context = {
        "overlaps": found,
        "is_cut": is_cut,
        "map": {"layers": layers, "bounds": box, "query": filters.querystring()},
    }
    return render(request, "hazards/overlaps.html", context)


def find_overlaps(
    actor: Actor, filters: HazardFilter
) -> tuple[list[SharedGround], bool]:
    """Return overlapping pairs, largest share first, and whether more exist.

    Only areas that the actor sees exactly are compared.
    """
    exact = Q(precision=Precision.EXACT, geometry__isnull=False)
    rows = areas(actor, filters).filter(exact)
    keyed = list(rows.order_by("pk").values_list("pk", "geometry")[:MOST_AREAS])
    pairs = _pairs([geometry for _pk, geometry in keyed if geometry is not None])
    chosen = pairs[:MOST_PAIRS]
    wanted = {keyed[i][0] for one, other, _c, _s in chosen for i in (one, other)}
    known = rows.select_related("admin_area").in_bulk(wanted)
    found = [
        SharedGround(
            known[keyed[a][0]], known[keyed[b][0]], common, area_m2(common), share
        )
        for a, b, common, share in chosen
    ]
    return found, len(pairs) > MOST_PAIRS


def _pairs(
    shapes: list[BaseGeometry],
) -> list[tuple[int, int, BaseGeometry, float]]:
    """Return index pairs with their common ground and its planar share."""
    if len(shapes) < 2:
        return []
    tree = STRtree(shapes)
    ones, others = tree.query(shapes, predicate="intersects")
    found = []
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        if one >= other:
            continue
        common = shapes[one].intersection(shapes[other])
        smaller = min(shapes[one].area, shapes[other].area)
        if common.area > 0 and smaller > 0:
            found.append((one, other, common, common.area / smaller))
    return sorted(found, key=lambda item: -item[3])


def _feature(item: SharedGround) -> maps.Feature:
    name = f"{item.one.reference} ∩ {item.other.reference}"
    return maps.feature(item.common, uid=str(item.one.uid), reference=name)
