"""What hazards publish by OGC API Features and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from safelane.core.collections import Collection, fields_of
from safelane.core.filters.reading import Moment
from safelane.core.review.stages import APPROVED, STAGES
from safelane.core.scope import Actor
from safelane.core.scope.precision import with_record
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.policies import HazardPolicy, ReportPolicy
from safelane.hazards.queries import finds, register, with_first_information

Query = Mapping[str, Any]
# Named one by one, so that the index over stages finds the few among many approved.
PENDING = tuple(code for code, _label in STAGES if code != APPROVED)

_POSITION_ONLY = {"geometry__isnull": False, "area_m2": None}


def _areas(actor: Actor, query: Query) -> Any:
    filters = HazardFilter.parse(query)
    rows: QuerySet[Any] = register(actor, filters)
    if not filters.is_past:
        return rows
    rows = with_first_information(rows, filters.then)
    own = {field.name for field in HazardPeriod._meta.get_fields()}
    changing = own | {"first_information", "last_information", "updated_at"}
    paths = (field.path for field in fields_of(HazardousArea))
    constant = [p for p in paths if p.partition("__")[0] not in changing]
    return rows.annotate(
        uid=F("hazard__uid"),
        last_information=F("valid_from"),
        updated_at=F("known_from"),
        **{path: F(f"hazard__{path}") for path in constant},
    )


def _outlines(actor: Actor, query: Query) -> Any:
    """Return the areas that an outline shows, and those of no known place."""
    return _areas(actor, query).exclude(**_POSITION_ONLY)


def _positions(actor: Actor, query: Query) -> Any:
    return _areas(actor, query).filter(**_POSITION_ONLY)


def _found(model: type[Any], actor: Actor, query: Query) -> QuerySet[Any]:
    return with_record(finds(model, actor, Moment.parse(query)), actor, "hazard")


def _reports(actor: Actor, query: Query) -> QuerySet[Any]:
    return HazardReport.objects.visible_to(actor).filter(stage__in=PENDING)


def _findings(model: Any, name: str, title: Any, **more: Any) -> Collection:
    """Return the collection of what reports found, with the area where it is open."""
    return Collection(
        name=name,
        title=title,
        queryset=partial(_found, model),
        takes_moment=True,
        policy=model.policy,
        fields=fields_of(model, hazard="linked"),
        **more,
    )


_register = partial(
    Collection,
    takes_moment=True,
    narrowed_by=HazardFilter.names(),
    datetime="last_information",
    policy=HazardPolicy,
    fields=fields_of(HazardousArea),
)
COLLECTIONS = (
    _register(
        name="hazardous-areas",
        title=_("Hazardous areas"),
        description=_(
            "Suspected and confirmed hazardous areas as known now, or on the day of "
            "“as_of” as known at “known_at”. A missing area is no sign of safety. "
            "Areas that are known by their position only are in "
            "“hazardous-area-positions”: put both on a map."
        ),
        queryset=_outlines,
        tiled=_areas,
    ),
    _register(
        name="hazardous-area-positions",
        title=_("Hazardous areas known by their position only"),
        description=_(
            "Suspected and confirmed hazardous areas without an outline, as known now, "
            "or on the day of “as_of” as known at “known_at”. Each may be of any size. "
            "Areas with an outline are in “hazardous-areas”: put both on a map."
        ),
        queryset=_positions,
    ),
    _findings(Evidence, "evidence", _("Evidence"), datetime="found_on"),
    _findings(OrdnanceFound, "ordnance", _("Ordnance found"), datetime="found_on"),
    _findings(
        SurveyBox,
        "survey-boxes",
        _("Survey boxes"),
        datetime="report__date_of_information",
        description=_(
            "Boxes of cluster munition survey as known now, or then. “Nothing found” "
            "tells of a search, never that ground is free of explosive ordnance."
        ),
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
