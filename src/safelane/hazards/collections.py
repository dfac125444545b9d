"""What hazards publish by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.ogc.registry import Collection, CollectionField
from safelane.core.review.stages import APPROVED, STAGES
from safelane.core.scope import Actor
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import Evidence, HazardReport, OrdnanceFound
from safelane.hazards.policies import (
    EvidencePolicy,
    HazardPolicy,
    OrdnancePolicy,
    ReportPolicy,
    SurveyBoxPolicy,
)
from safelane.hazards.queries import areas, current_boxes

Query = Mapping[str, Any]
# Named one by one, so that the index over stages finds the few among many approved.
PENDING = tuple(code for code, _label in STAGES if code != APPROVED)
Field = CollectionField
ORGANISATION = Field(
    "organisation", "string", _("organisation"), source="organisation__short_name"
)
COUNTRY = Field("country", "string", _("country"), source="country__code")


def _areas(actor: Actor, query: Query) -> QuerySet[Any]:
    return areas(actor, HazardFilter.parse(query))


def _evidence(actor: Actor, query: Query) -> QuerySet[Any]:
    return Evidence.objects.visible_to(actor).filter(report__stage=APPROVED)


def _ordnance(actor: Actor, query: Query) -> QuerySet[Any]:
    return OrdnanceFound.objects.visible_to(actor).filter(report__stage=APPROVED)


def _boxes(actor: Actor, query: Query) -> QuerySet[Any]:
    filters = HazardFilter.parse(query)
    return current_boxes(actor, filters.as_of, filters.known_at)


def _reports(actor: Actor, query: Query) -> QuerySet[Any]:
    return HazardReport.objects.visible_to(actor).filter(stage__in=PENDING)


COLLECTIONS = (
    Collection(
        name="hazardous-areas",
        title=_("Hazardous areas"),
        description=_(
            "Suspected and confirmed hazardous areas as known now. A missing area is "
            "no sign of safety."
        ),
        queryset=_areas,
        datetime="last_information",
        policy=HazardPolicy,
        fields=(
            Field("reference", "string", _("reference"), in_tiles=True),
            Field("name", "string", _("name"), coarse="hide"),
            Field("kind", "string", _("type"), in_tiles=True),
            Field("status", "string", _("status"), in_tiles=True),
            Field("priority", "string", _("priority"), in_tiles=True),
            Field("contamination", "array", _("contamination")),
            Field("information_grade", "string", _("grade")),
            Field("area_m2", "number", _("area (m²)"), coarse="round"),
            Field("stated_area_m2", "number", _("stated area (m²)"), coarse="round"),
            Field("depth_cm", "integer", _("depth (cm)")),
            Field("land_use", "string", _("intended land use")),
            Field("first_information", "date", _("first information")),
            Field("last_information", "date", _("last information")),
            Field("updated_at", "date-time", _("changed")),
            ORGANISATION,
            COUNTRY,
        ),
    ),
    Collection(
        name="evidence",
        title=_("Evidence"),
        queryset=_evidence,
        datetime="found_on",
        policy=EvidencePolicy,
        fields=(
            Field("directness", "string", _("directness"), in_tiles=True),
            Field("kind", "string", _("kind"), in_tiles=True),
            Field("grade", "string", _("grade")),
            Field("ordnance_category", "string", _("ordnance"), coarse="hide"),
            Field("ordnance_model", "string", _("model"), coarse="hide"),
            Field("count", "integer", _("count"), coarse="hide"),
            Field("accuracy_m", "number", _("position accuracy (m)"), coarse="hide"),
            Field("found_on", "date", _("found on")),
            Field(
                "hazard", "string", _("hazardous area"),
                source="hazard__reference", coarse="hide",
            ),
            ORGANISATION,
            COUNTRY,
        ),
    ),
    Collection(
        name="ordnance",
        title=_("Ordnance found"),
        queryset=_ordnance,
        datetime="found_on",
        policy=OrdnancePolicy,
        fields=(
            Field("category", "string", _("category"), in_tiles=True),
            Field("subcategory", "string", _("sub-category"), coarse="hide"),
            Field("model", "string", _("model"), coarse="hide"),
            Field("condition", "string", _("condition"), coarse="hide"),
            Field("count", "integer", _("count"), coarse="hide"),
            Field("depth_cm", "integer", _("depth (cm)"), coarse="hide"),
            Field("found_on", "date", _("found on")),
            Field(
                "hazard", "string", _("hazardous area"),
                source="hazard__reference", coarse="hide",
            ),
            ORGANISATION,
            COUNTRY,
        ),
    ),
    Collection(
        name="survey-boxes",
        title=_("Survey boxes"),
        description=_(
            "Boxes of cluster munition survey as known now. “Nothing found” tells of "
            "a search, never that ground is free of explosive ordnance."
        ),
        queryset=_boxes,
        datetime="report__date_of_information",
        policy=SurveyBoxPolicy,
        # A cell of 1 km never wears the result of one box.
        fields=(
            Field(
                "grid_number", "string", _("grid number"), coarse="hide", in_tiles=True
            ),
            Field("zone", "integer", _("UTM zone (EPSG code)"), coarse="hide"),
            Field("column", "integer", _("column of the grid"), coarse="hide"),
            Field("row", "integer", _("row of the grid"), coarse="hide"),
            Field("size_m", "integer", _("size of the box (m)")),
            Field("result", "string", _("result"), coarse="hide", in_tiles=True),
            Field(
                "searched_percent", "integer", _("searched share (%)"), coarse="hide"
            ),
            Field("searched_on", "date", _("searched on")),
            Field(
                "date_of_information", "date", _("date of information"),
                source="report__date_of_information",
            ),
            Field(
                "hazard", "string", _("hazardous area"),
                source="hazard__reference", coarse="hide",
            ),
            ORGANISATION,
            Field(
                "country", "string", _("country"),
                source="country__code", in_tiles=True,
            ),
        ),
    ),
    Collection(
        name="reports-pending",
        title=_("Reports waiting for approval"),
        queryset=_reports,
        datetime="date_of_information",
        policy=ReportPolicy,
        fields=(
            Field("reference", "string", _("reference"), in_tiles=True),
            Field("kind", "string", _("type"), in_tiles=True),
            Field("stage", "string", _("stage"), in_tiles=True),
            Field("date_of_information", "date", _("date of information")),
            Field("area_m2", "number", _("area (m²)"), coarse="round"),
            ORGANISATION,
            COUNTRY,
        ),
    ),
)  # fmt: skip
