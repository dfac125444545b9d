"""What the maps of the hazards pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from safelane.core.geo.fields import extent
from safelane.core.history.kept import kept
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, published
from safelane.core.ui.layers import Feature, data_layer, feature, roughness, tile_layer
from safelane.countries import CountryPack, available_packs
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import HazardousArea, HazardPeriod, SurveyBox
from safelane.hazards.policies import HazardPolicy
from safelane.hazards.queries import is_coarse, register
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import home_countries

Bounds = tuple[float, float, float, float]
UID = "{uid}"  # stands in an address for the identifier of a record
FIND_ZOOM = 11  # below it, points would hide the areas
BOX_ZOOM = 13  # below it, a box is smaller than three pixels
BOX_LIST = "survey_box_result"
# A result that a country adds without saying how it is drawn.
BOX_LOOK = {"colour": "#5d6b7a", "pattern": "hatch", "letter": "?"}
NIL = "00000000-0000-0000-0000-000000000000"


def register_layers(actor: Actor, filters: HazardFilter) -> list[dict[str, Any]]:
    """Return the layers of the register's map, of now or of the filter's dates."""
    layers = []
    if actor.may("area.view"):
        layers.append(tile_layer("areas", "admin-areas", filtered=False))
    link = reverse("hazards:detail", args=[NIL]).replace(NIL, UID)
    if filters.is_past:
        link += f"?{urlencode(filters.then.pairs())}"
    rough = roughness(HazardPolicy.levels(actor))
    layers.append(tile_layer("hazards", "hazardous-areas", link=link, rough=rough))
    if SurveyBox.objects.visible_to(actor).exists():
        boxes = _then_tiles("boxes", "survey-boxes", BOX_ZOOM, filters)
        layers.append(boxes | {"classes": box_classes(home_packs(actor))})
    for kind in ("evidence", "ordnance"):
        if actor.may(f"{kind}.view"):
            layers.append(_then_tiles(kind, kind, FIND_ZOOM, filters))
    return layers


def _then_tiles(
    kind: str, collection: str, minzoom: int, filters: HazardFilter
) -> dict[str, Any]:
    """Return a layer that takes nothing of the filter but its two dates."""
    layer = tile_layer(kind, collection, minzoom=minzoom, filtered=False)
    if filters.is_past:
        layer["tiles"] += f"?{urlencode(filters.then.pairs())}"
    return layer


def box_classes(packs: Iterable[CountryPack]) -> list[dict[str, str]]:
    """Return how the results of survey boxes are drawn, per country."""
    return [
        {
            "key": f"{pack.country_code}-{code.code}",
            "label": code.label,
            **{name: code.data.get(name, other) for name, other in BOX_LOOK.items()},
        }
        for pack in packs
        for code in pack.codes(BOX_LIST)
    ]


def box_layer(rows: Iterable[SurveyBox], pack: CountryPack) -> dict[str, Any]:
    """Return a layer of the boxes that the actor sees exactly."""
    features = []
    for row in filter(is_exact, rows):
        said = {"grid_number": row.grid_number, "result": row.result}
        said |= {"uid": str(row.uid), "country": pack.country_code}
        features.append(feature(row.geometry, **said))
    return data_layer("boxes", features) | {"classes": box_classes([pack])}


def area_feature(row: HazardousArea | HazardPeriod) -> Feature:
    """Return an area or a past state of one, at the reader's precision."""
    return feature(
        published(row).get("geometry"),
        uid=str(row.area.uid),
        reference=row.area.reference,
        kind=row.kind,
        status=row.status,
    )


def find_features(rows: Iterable[Any]) -> list[Feature]:
    """Return evidence or ordnance that the actor sees exactly."""
    return [
        feature(
            row.geometry,
            uid=str(row.uid),
            kind=getattr(row, "kind", ""),
            directness=getattr(row, "directness", ""),
            label=str(row),
        )
        for row in filter(is_exact, rows)
    ]


def found_layers(
    evidence: Iterable[Any],
    ordnance: Iterable[Any],
    boxes: Sequence[SurveyBox],
    pack: CountryPack,
) -> list[dict[str, Any]]:
    """Return the layers of what was found and searched: finds on top of boxes."""
    return [
        *([box_layer(boxes, pack)] if boxes else []),
        data_layer("evidence", find_features(evidence)),
        data_layer("ordnance", find_features(ordnance)),
    ]


def register_bounds(actor: Actor, filters: HazardFilter) -> Bounds | None:
    """Return the box that the register's map starts with, no finer than the rows."""
    if filters.bbox is not None:
        return filters.bbox
    rows: QuerySet[Any] = register(actor, filters).order_by()
    if not is_coarse(actor):
        found: Bounds | None = kept(rows, "extent", lambda: extent(rows))
        return found or home_bounds(actor)
    path = "hazard__country" if filters.is_past else "country"
    named = rows.values_list(path, flat=True).distinct()
    return home_bounds(actor, kept(named, "countries", lambda: list(named)))


def home_bounds(actor: Actor, only: Iterable[int] = ()) -> Bounds | None:
    """Return the box around the countries that the actor works in.

    Args:
        only: Keys of those in which something is shown; all where there are none.
    """
    boxes = [pack.bounds for pack in home_packs(actor, only)]
    return around(boxes) if boxes else None


def around(boxes: Iterable[Bounds]) -> Bounds:
    """Return the box around boxes."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def home_packs(actor: Actor, only: Iterable[int] = ()) -> list[CountryPack]:
    """Return the packs of the countries that the actor works in, or of some of them."""
    known, chosen = set(available_packs()), set(only)
    rows = home_countries(actor, "hazard.view")
    rows = rows.filter(pk__in=chosen) if chosen else rows
    return [pack_of(country) for country in rows if country.pack in known]
