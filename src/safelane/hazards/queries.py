"""Reading hazards, always from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from safelane.core.facts import facts_of
from safelane.core.geo import area_m2
from safelane.core.review import stages
from safelane.core.scope import Actor, Precision
from safelane.core.scope.coarse import shown_facts
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


def areas(actor: Actor, filters: HazardFilter | None = None) -> QuerySet[HazardousArea]:
    """Return the areas as known now, without the withdrawn ones."""
    rows = HazardousArea.objects.visible_to(actor).filter(is_withdrawn=False)
    return (filters or HazardFilter()).apply(rows, coarse=is_coarse(actor))


def areas_as_of(
    actor: Actor,
    on: date | None = None,
    known_at: datetime | None = None,
    filters: HazardFilter | None = None,
) -> QuerySet[HazardPeriod]:
    """Return what was true on a day, as the register knew it at a moment.

    Args:
        on: Date of information; today when None.
        known_at: Moment of knowledge; now when None.
    """
    day = on or timezone.localdate()
    moment = known_at or timezone.now()
    rows = HazardPeriod.objects.visible_to(actor).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        Q(known_to__isnull=True) | Q(known_to__gt=moment),
        valid_from__lte=day,
        known_from__lte=moment,
    )
    rows = rows.select_related("hazard")
    chosen = filters or HazardFilter()
    return chosen.apply(rows, via="hazard__", coarse=is_coarse(actor))


def is_coarse(actor: Actor) -> bool:
    """Say whether some visible area may not be shown exactly to this actor."""
    return HazardPolicy.coarsest(actor) != Precision.EXACT


def register(
    actor: Actor, filters: HazardFilter
) -> QuerySet[HazardousArea] | QuerySet[HazardPeriod]:
    """Return what a filter asks for, now or in the past."""
    if not filters.is_past:
        return areas(actor, filters)
    return areas_as_of(actor, filters.as_of, filters.known_at, filters)


def periods_of(hazard: HazardousArea, actor: Actor) -> QuerySet[HazardPeriod]:
    """Return the periods of one area in force now, oldest first."""
    rows = HazardPeriod.objects.visible_to(actor).filter(hazard=hazard)
    return rows.filter(known_to__isnull=True).order_by("valid_from")


def state_of(
    hazard: HazardousArea,
    actor: Actor,
    on: date | None = None,
    known_at: datetime | None = None,
) -> HazardPeriod | None:
    """Return one area's state on a day as known at a moment, or None."""
    return areas_as_of(actor, on, known_at).filter(hazard=hazard).first()


def reports_of(hazard: HazardousArea, actor: Actor) -> QuerySet[HazardReport]:
    """Return the reports on one area that the actor may see, newest first."""
    return HazardReport.objects.visible_to(actor).filter(hazard=hazard)


def report_queue(actor: Actor) -> QuerySet[HazardReport]:
    """Return the reports that wait for a check which this actor may make."""
    waiting = Q(pk__in=())
    for stage, step in stages.FORWARD.items():
        waiting |= Q(stage=stage) & ReportPolicy.rows(actor, step.verb)
    rows = HazardReport.objects.visible_to(actor).filter(waiting)
    if actor.user_id is not None:
        rows = rows.exclude(stage=stages.OPERATIONS_CHECKED, entered_by=actor.user_id)
    return rows.order_by("stage_at", "pk")


def own_reports(actor: Actor, *wanted: str) -> QuerySet[HazardReport]:
    """Return the actor's own reports at the wanted stages."""
    rows = HazardReport.objects.visible_to(actor)
    return rows.filter(entered_by=actor.user_id, stage__in=wanted)


def evidence_near(
    actor: Actor, geometry: BaseGeometry, metres: float = 0
) -> QuerySet[Evidence]:
    """Return visible approved evidence inside ``geometry`` or within ``metres``."""
    rows = Evidence.objects.visible_to(actor).filter(report__stage=stages.APPROVED)
    if metres > 0:
        return rows.filter(geometry__dwithin=(geometry, metres))
    return rows.filter(geometry__intersects=geometry)


def finds_of(
    hazard: HazardousArea, actor: Actor
) -> tuple[QuerySet[Evidence], QuerySet[OrdnanceFound]]:
    """Return the approved evidence and ordnance of one area."""
    evidence = Evidence.objects.visible_to(actor).filter(hazard=hazard)
    ordnance = OrdnanceFound.objects.visible_to(actor).filter(hazard=hazard)
    approved = Q(report__stage=stages.APPROVED)
    return evidence.filter(approved), ordnance.filter(approved)


def current_boxes(
    actor: Actor, on: date | None = None, known_at: datetime | None = None
) -> QuerySet[SurveyBox]:
    """Return each survey box as the newest approved report on it has it.

    The report with the newest date of information holds; of several with the same
    date, the one approved first: as for areas, so an older report that is entered
    later changes nothing. Ground is shared by all: a newer report outdates what
    others reported, also for those who may not see it, so that nobody reads an
    outdated "nothing found".

    Args:
        on: Date of information; all dates when None.
        known_at: Moment of knowledge; now when None.
    """
    counting = _counting_boxes(on, known_at)
    same = SurveyBox.objects.filter(
        counting, grid_number=OuterRef("grid_number"), size_m=OuterRef("size_m")
    )
    day, moment = "report__date_of_information", "report__approved_at"
    same_day, same_moment = Q(**{day: OuterRef(day)}), Q(**{moment: OuterRef(moment)})
    newer = (
        Q(**{f"{day}__gt": OuterRef(day)})
        | same_day & Q(**{f"{moment}__lt": OuterRef(moment)})
        | same_day & same_moment & Q(report__lt=OuterRef("report"))
    )
    rows = SurveyBox.objects.visible_to(actor).filter(counting)
    return rows.filter(~Exists(same.filter(newer)))


def _counting_boxes(on: date | None, known_at: datetime | None) -> Q:
    counting = Q(report__stage=stages.APPROVED)
    if known_at is not None:
        standing = Q(report__withdrawn_at__isnull=True)
        counting = Q(report__approved_at__lte=known_at) & (
            standing | Q(report__withdrawn_at__gt=known_at)
        )
    if on is not None:
        counting &= Q(report__date_of_information__lte=on)
    return counting


def boxes_of(
    hazard: HazardousArea,
    actor: Actor,
    on: date | None = None,
    known_at: datetime | None = None,
) -> QuerySet[SurveyBox]:
    """Return the boxes of an area: those reported for it, and those on its ground.

    Boxes on its ground count only where the actor sees both exactly: otherwise they
    would tell where the area lies.
    """
    own = Q(hazard=hazard)
    is_exact = int(hazard.precision) == Precision.EXACT  # type: ignore[attr-defined]
    if is_exact and hazard.geometry is not None:
        on_ground = Q(geometry__intersects=hazard.geometry)
        own |= on_ground & Q(precision=Precision.EXACT)
    return current_boxes(actor, on, known_at).filter(own)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two areas share.

    Args:
        share: Common area over the smaller of the two areas, 0 to 1.
        area_m2: Common area, geodesic square metres.
    """

    hazard: HazardousArea
    share: float
    area_m2: float


def overlapping(
    actor: Actor, geometry: BaseGeometry, exclude: int | None = None
) -> list[Overlap]:
    """Return the areas that share ground with ``geometry``, most first.

    Only areas that the actor sees exactly are compared.
    """
    rows = areas(actor).filter(
        Q(precision=Precision.EXACT), geometry__intersects=geometry
    )
    own = area_m2(geometry)
    found = []
    for row in rows.exclude(pk__in=[exclude or 0]):
        smaller = min(own, row.area_m2 or 0)
        common = area_m2(row.geometry.intersection(geometry))
        if smaller > 0 and common > 0:
            found.append(Overlap(row, common / smaller, common))
    return sorted(found, key=lambda overlap: -overlap.share)


def published(row: Any) -> dict[str, Any]:
    """Return the facts of an area or period at the precision of its row.

    ``row`` comes from ``visible_to`` and so carries ``precision``. Coarse rows lose
    names, texts and the exact area, and their polygon becomes a 1 km cell or nothing.
    """
    return shown_facts(row.stated_facts(), facts_of(type(row)), int(row.precision))


def counts_by(rows: QuerySet[HazardousArea], name: str) -> Sequence[dict[str, Any]]:
    """Return how many areas there are per value of a fact, most first."""
    return list(rows.order_by().values(name).annotate(n=Count("pk")).order_by("-n"))


def known_days(hazard: HazardousArea, actor: Actor) -> list[date]:
    """Return the days on which something changed: the stops of the as-of slider."""
    return sorted(set(periods_of(hazard, actor).values_list("valid_from", flat=True)))


def total_area_m2(rows: QuerySet[HazardousArea]) -> float:
    """Return the sum of geodesic areas; overlaps count twice."""
    return float(rows.order_by().aggregate(total=Sum("area_m2"))["total"] or 0)
