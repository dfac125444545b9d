"""What hazards publish by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.filters.moment import Moment
from safelane.core.review.stages import APPROVED, STAGES
from safelane.core.scope import Actor
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
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
from safelane.hazards.queries import (
    areas,
    areas_as_of,
    current_boxes,
    finds,
    with_first_information,
    with_link,
)

Query = Mapping[str, Any]
# Named one by one, so that the index over stages finds the few among many approved.
PENDING = tuple(code for code, _label in STAGES if code != APPROVED)


def _areas(actor: Actor, query: Query) -> QuerySet[Any]:
    filters = HazardFilter.parse(query)
    if not filters.is_past:
        return areas(actor, filters)
    rows = areas_as_of(actor, filters.as_of, filters.known_at, filters)
    return with_first_information(rows, filters.then).annotate(
        uid=F("hazard__uid"),
        last_information=F("valid_from"),
        updated_at=F("known_from"),
        **{path: F(f"hazard__{path}") for path in _constant_paths()},
    )


def _constant_paths() -> Iterator[str]:
    """Yield what is published of an area and is the same in each of its states."""
    own = {field.name for field in HazardPeriod._meta.get_fields()}
    changing = own | {"first_information", "last_information", "updated_at"}
    for field in fields_of(HazardousArea):
        if field.path.partition("__")[0] not in changing:
            yield field.path


def _evidence(actor: Actor, query: Query) -> QuerySet[Any]:
    return with_link(finds(Evidence, actor, Moment.parse(query)), actor)


def _ordnance(actor: Actor, query: Query) -> QuerySet[Any]:
    return with_link(finds(OrdnanceFound, actor, Moment.parse(query)), actor)


def _boxes(actor: Actor, query: Query) -> QuerySet[Any]:
    return with_link(current_boxes(actor, Moment.parse(query)), actor)


def _reports(actor: Actor, query: Query) -> QuerySet[Any]:
    return HazardReport.objects.visible_to(actor).filter(stage__in=PENDING)


COLLECTIONS = (
    Collection(
        name="hazardous-areas",
        title=_("Hazardous areas"),
        description=_(
            "Suspected and confirmed hazardous areas as known now, or on the day of "
            "“as_of” as known at “known_at”. A missing area is no sign of safety."
        ),
        queryset=_areas,
        takes_moment=True,
        datetime="last_information",
        policy=HazardPolicy,
        fields=fields_of(HazardousArea),
    ),
    Collection(
        name="evidence",
        title=_("Evidence"),
        queryset=_evidence,
        takes_moment=True,
        datetime="found_on",
        policy=EvidencePolicy,
        fields=fields_of(Evidence, hazard="linked"),
    ),
    Collection(
        name="ordnance",
        title=_("Ordnance found"),
        queryset=_ordnance,
        takes_moment=True,
        datetime="found_on",
        policy=OrdnancePolicy,
        fields=fields_of(OrdnanceFound, hazard="linked"),
    ),
    Collection(
        name="survey-boxes",
        title=_("Survey boxes"),
        description=_(
            "Boxes of cluster munition survey as known now, or then. “Nothing found” "
            "tells of a search, never that ground is free of explosive ordnance."
        ),
        queryset=_boxes,
        takes_moment=True,
        datetime="report__date_of_information",
        policy=SurveyBoxPolicy,
        fields=fields_of(SurveyBox, hazard="linked"),
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
