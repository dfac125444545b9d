"""What hazards publish by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.review.stages import APPROVED, STAGES
from safelane.core.scope import Actor
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
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
        fields=fields_of(HazardousArea),
    ),
    Collection(
        name="evidence",
        title=_("Evidence"),
        queryset=_evidence,
        datetime="found_on",
        policy=EvidencePolicy,
        fields=fields_of(Evidence),
    ),
    Collection(
        name="ordnance",
        title=_("Ordnance found"),
        queryset=_ordnance,
        datetime="found_on",
        policy=OrdnancePolicy,
        fields=fields_of(OrdnanceFound),
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
        fields=fields_of(SurveyBox),
    ),
    Collection(
        name="reports-pending",
        title=_("Reports waiting for approval"),
        queryset=_reports,
        datetime="date_of_information",
        policy=ReportPolicy,
        fields=fields_of(HazardReport),
    ),
)
