"""Reading hazards, always from what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import InvalidInput, NotFound
from safelane.core.filters.reading import NOW, Moment
from safelane.core.geo.measure import area_m2
from safelane.core.history.kept import kept_sums
from safelane.core.review import stages
from safelane.core.review.queries import counting, holding, known
from safelane.core.scope import Actor, Grant, Precision
from safelane.core.scope.precision import EXACTLY, is_exact, shown_sum
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)
from safelane.hazards.models.areas import OF_SOURCE
from safelane.hazards.policies import HazardPolicy, ReportPolicy
from safelane.organisations.models import Country

PARTS = ("evidence", "ordnance", "boxes")  # relations of a report
T = TypeVar("T", bound=Evidence | OrdnanceFound | SurveyBox)


def areas(actor: Actor, filters: HazardFilter | None = None) -> QuerySet[HazardousArea]:
    """Return the areas as known now, without the withdrawn ones."""
    rows = HazardousArea.objects.visible_to(actor).filter(is_withdrawn=False)
    return (filters or HazardFilter()).apply(rows, coarse=is_coarse(actor))


def area_called(actor: Actor, country_id: int, text: str) -> HazardousArea:
    """Return the area of a country with a reference, as ``REF`` or ``REF, OWNER``.

    Raises:
        InvalidInput: There is none that is open to the actor, or there are several.
    """
    text = text.strip()
    reference, _comma, owner = (part.strip() for part in text.rpartition(","))
    named = Q(reference__iexact=text)
    named |= Q(reference__iexact=reference, organisation__short_name__iexact=owner)
    rows = areas(actor).filter(named, country=country_id)
    found = list(rows.select_related("organisation"))
    if len(found) == 1:
        return found[0]
    said = _("There is no hazardous area “%(text)s” in this country that you may see.")
    if found:
        said = _(
            "Several organisations have a hazardous area of this name. Write one of "
            "them: %(named)s."
        )
    known = ", ".join(
        f"“{row.reference}, {row.organisation.short_name}”" for row in found
    )
    raise InvalidInput(said % {"text": text, "named": known}, field="hazard")


def area_open(actor: Actor, uid: UUID) -> HazardousArea:
    """Return an area that the actor may see.

    Raises:
        InvalidInput: There is none.
    """
    area = areas(actor).filter(uid=uid).select_related("admin_area").first()
    if area is None:
        said = _("There is no such hazardous area, or it is outside your scope.")
        raise InvalidInput(said, field="hazard")
    return area


def areas_as_of(
    actor: Actor, then: Moment, filters: HazardFilter | None = None
) -> QuerySet[HazardPeriod]:
    """Return what was true on a day, as the register knew it at a moment."""
    rows = HazardPeriod.objects.visible_to(actor).filter(holding(then))
    rows = rows.select_related("hazard")
    chosen = filters or HazardFilter()
    return chosen.apply(rows, via="hazard__", coarse=is_coarse(actor))


def with_first_information(rows: QuerySet[Any], then: Moment) -> QuerySet[Any]:
    """Add ``first_information``: since when something was known, as known then."""
    every = HazardPeriod.objects.filter(known(then), hazard=OuterRef("hazard"))
    first = every.order_by("valid_from").values("valid_from")[:1]
    found: QuerySet[Any] = rows.annotate(first_information=Subquery(first))
    return found


def is_coarse(actor: Actor) -> bool:
    """Say whether some visible area may not be shown exactly to this actor."""
    return HazardPolicy.coarsest(actor) != Precision.EXACT


def register(
    actor: Actor, filters: HazardFilter
) -> QuerySet[HazardousArea] | QuerySet[HazardPeriod]:
    """Return what a filter asks for, now or in the past."""
    if not filters.is_past:
        return areas(actor, filters)
    return areas_as_of(actor, filters.then, filters)


def periods_of(hazard: HazardousArea, actor: Actor) -> QuerySet[HazardPeriod]:
    """Return the periods of one area in force now, oldest first."""
    rows = HazardPeriod.objects.visible_to(actor).filter(hazard=hazard)
    return rows.filter(known_to__isnull=True).order_by("valid_from")


def sees_all_outlines(actor: Actor, country: Country) -> bool:
    """Say whether the actor sees every area of a country, and each exactly."""
    return HazardPolicy.opens_country(actor, country.pk)


def grants_of_all_outlines(actor: Actor) -> list[Grant]:
    """Return the grants that open every area of a country, or of all, exactly."""
    return [
        grant
        for grant in actor.grants_for(HazardPolicy.verb("view"))
        if HazardPolicy.level(grant) == Precision.EXACT
        and grant.reach != "organisation"
        and not grant.area_path
    ]


def state_of(
    hazard: HazardousArea,
    actor: Actor,
    on: date | None = None,
    known_at: datetime | None = None,
) -> HazardPeriod | None:
    """Return one area's state on a day as known at a moment, or None."""
    then = Moment(on, known_at)
    rows = areas_as_of(actor, then).filter(hazard=hazard)
    return with_first_information(rows, then).first()


def identified(actor: Actor, **whose: Any) -> QuerySet[HazardReport]:
    """Return reports with the identifier of a source, and the ``record_name`` of it."""
    rows = HazardReport.objects.visible_to(actor).filter(EXACTLY, OF_SOURCE, **whose)
    rows = rows.exclude(stage=stages.WITHDRAWN).filter(**dict.fromkeys(PARTS))
    return rows.annotate(record_name=Coalesce("hazard__reference", "reference"))


def others_are_open(report: HazardReport, actor: Actor) -> bool:
    """Say whether the actor may open every other approved report of the area."""
    others = HazardReport.objects.filter(hazard=report.hazard, stage=stages.APPROVED)
    others = others.exclude(pk=report.pk)
    return not others.exclude(
        pk__in=HazardReport.objects.visible_to(actor).values("pk")
    ).exists()


def parts_of(report: HazardReport, actor: Actor) -> dict[str, list[Any]]:
    """Return the evidence, ordnance and boxes of a report, each with ``precision``.

    As the policy of each class shows them, and exactly in one's own report. Whoever
    reads the report reads those of them that are exact; the others are closed.
    """
    own = ReportPolicy.owns(actor, report)
    found: dict[str, list[Any]] = {}
    for name in PARTS:
        rows: Any = getattr(report, name).order_by("pk")
        policy = rows.model.policy
        found[name] = list(rows.annotate(precision=policy.precision(actor)))
        for row in found[name] if own else ():
            row.precision = Precision.EXACT
    return found


def closed_rows(actor: Actor) -> Q:
    """Return the reports that hold what :func:`parts_of` does not show exactly."""
    closed = Q()
    for model in (Evidence, OrdnanceFound, SurveyBox):
        rows: Any = model._default_manager.filter(report=OuterRef("pk"))
        rated = rows.annotate(precision=model.policy.precision(actor))
        closed |= Q(Exists(rated.exclude(EXACTLY)))
    return closed & ~ReportPolicy.own_rows(actor)


def is_closed(report: HazardReport, actor: Actor) -> bool:
    """Say whether a report says more beside its facts than is open to the actor."""
    return HazardReport.objects.filter(closed_rows(actor), pk=report.pk).exists()


def of_open_parts(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the rules found without what they say of single finds and boxes.

    Those are named by a label, and the finding tells their place.
    """
    return [finding for finding in findings if "label" not in finding["values"]]


def area_seen_exactly(actor: Actor, pk: int | None) -> HazardousArea | None:
    """Return the area to which a record is linked, if the actor may know the link."""
    rows = HazardousArea.objects.visible_to(actor).filter(EXACTLY)
    return rows.filter(pk__in=[pk or 0]).first()


def finds(model: type[T], actor: Actor, then: Moment = NOW) -> QuerySet[T]:
    """Return what approved reports found, now or as known then; boxes that hold."""
    rows: Any = model._default_manager
    if model is SurveyBox:
        return current_boxes(actor, then)  # type: ignore[return-value]
    found: QuerySet[T] = rows.visible_to(actor).filter(counting(then, "report__"))
    return found


def photos_of(actor: Actor) -> Q:
    """Return the filter on stored files: photos of finds that are shown exactly.

    In the register, or in a report that is open to the actor.
    """
    photos = Q()
    reports = HazardReport.objects.visible_to(actor)
    for model in (Evidence, OrdnanceFound):
        rows: Any = model._default_manager
        told = rows.filter(report__in=reports.values("pk"))
        told = told.annotate(precision=model.policy.precision(actor))
        for seen in (model.objects.visible_to(actor), told):
            shown = seen.filter(EXACTLY, photo__isnull=False)
            photos |= Q(pk__in=shown.values("photo"))
    return photos


def finds_of(
    hazard: HazardousArea, actor: Actor, then: Moment = NOW
) -> tuple[QuerySet[Evidence], QuerySet[OrdnanceFound]]:
    """Return the approved evidence and ordnance of one area, where both are exact."""
    linked = EXACTLY & (Q(hazard=hazard) if is_exact(hazard) else Q(pk__in=()))
    evidence = finds(Evidence, actor, then).filter(linked)
    return evidence, finds(OrdnanceFound, actor, then).filter(linked)


def current_boxes(actor: Actor, then: Moment = NOW) -> QuerySet[SurveyBox]:
    """Return each survey box as the newest approved report on it has it.

    The report with the newest date of information holds; of several with the same
    date, the one approved first: as for areas, so an older report that is entered
    later changes nothing. Ground is shared by all: a newer report outdates what
    others reported, also for those who may not see it, so that nobody reads an
    outdated "nothing found".
    """
    counted = counting(then, "report__")
    same = SurveyBox.objects.filter(
        counted, grid_number=OuterRef("grid_number"), size_m=OuterRef("size_m")
    )
    day, moment = "report__date_of_information", "report__approved_at"
    same_day, same_moment = Q(**{day: OuterRef(day)}), Q(**{moment: OuterRef(moment)})
    newer = (
        Q(**{f"{day}__gt": OuterRef(day)})
        | same_day & Q(**{f"{moment}__lt": OuterRef(moment)})
        | same_day & same_moment & Q(report__lt=OuterRef("report"))
    )
    rows = SurveyBox.objects.visible_to(actor).filter(counted)
    return rows.filter(~Exists(same.filter(newer)))


def boxes_of(
    hazard: HazardousArea | HazardPeriod, actor: Actor, then: Moment = NOW
) -> QuerySet[SurveyBox]:
    """Return the boxes of an area: those reported for it, and those on its ground.

    They count only where the actor sees both exactly: otherwise the boxes would tell
    where the area lies.

    Args:
        hazard: The area, or the state of then with the ground of then.
    """
    own = Q(hazard=hazard.area)
    if not is_exact(hazard):
        own = Q(pk__in=())
    elif hazard.geometry is not None:
        own |= Q(geometry__intersects=hazard.geometry)
    return current_boxes(actor, then).filter(EXACTLY & own)


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
    actor: Actor,
    geometry: BaseGeometry,
    exclude: int | None = None,
    then: Moment = NOW,
) -> list[Overlap]:
    """Return the areas that share ground with ``geometry``, most first.

    Only areas that the actor sees exactly are compared, by their outlines of then.
    """
    touching = EXACTLY & Q(geometry__intersects=geometry)
    rows: Iterable[HazardousArea | HazardPeriod]
    if then.is_past:
        past = areas_as_of(actor, then).filter(touching)
        rows = past.exclude(hazard__in=[exclude or 0])
    else:
        rows = areas(actor).filter(touching).exclude(pk__in=[exclude or 0])
    own = area_m2(geometry)
    found = []
    for row in rows:
        smaller = min(own, row.area_m2 or 0)
        common = area_m2(row.geometry.intersection(geometry))
        if smaller > 0 and common > 0:
            found.append(Overlap(row.area, common / smaller, common))
    return sorted(found, key=lambda overlap: -overlap.share)


def counts_of(rows: QuerySet[Any], statuses: Sequence[str] = ()) -> dict[str, Any]:
    """Return how many areas there are, how many of each status, and their area (m²).

    ``no_outline`` counts those that add nothing to the area. Overlaps count twice in
    the area; of areas shown roughly, what is shown of each is summed. Kept until
    something is written.
    """
    each = {code: Count("pk", filter=Q(status=code)) for code in statuses}
    each["no_outline"] = Count("pk", filter=Q(area_m2=None))
    # The sum last: what comes after it would take its name for the column.
    return kept_sums(rows, all=Count("pk"), **each, area_m2=shown_sum("area_m2"))


def known_days(hazard: HazardousArea, actor: Actor, then: Moment = NOW) -> list[date]:
    """Return the days on which something changed, as known then: stops of a slider."""
    rows = HazardPeriod.objects.visible_to(actor).filter(hazard=hazard)
    days = rows.filter(known(then)).values_list("valid_from", flat=True)
    return sorted(set(days))


def record_of(
    actor: Actor, uid: Any, then: Moment = NOW
) -> tuple[HazardousArea, HazardousArea | HazardPeriod | None]:
    """Return an area and its state, now or then; None where it had none to show.

    Somebody who sees a district sees the area while it lay in it: what it was then
    opens the record, even where today's place is out of reach.

    Raises:
        NotFound: The actor sees neither the area as it is now nor its state of then.
    """
    related = HazardousArea.objects.select_related(
        "organisation", "country", "admin_area"
    )
    if not then.is_past:
        hazard: HazardousArea = related.get_for(actor, uid=uid)
        return hazard, hazard
    states = areas_as_of(actor, then).filter(hazard__uid=uid)
    wanted = states.select_related(
        "hazard__organisation", "hazard__country", "admin_area"
    )
    state = with_first_information(wanted, then).first()
    if state is not None:
        then_open: Any = state.hazard
        then_open.precision = state.precision
        return then_open, state
    return related.get_for(actor, uid=uid), None


def record_then(actor: Actor, uid: UUID | str, then: Moment) -> tuple[Any, Any]:
    """Return an area and what was known of it then.

    Raises:
        NotFound: It is out of reach, nothing was known, or what was known is not open.
    """
    hazard, state = record_of(actor, uid, then)
    if state is not None:
        return hazard, state
    message = _("Nothing was known of %(area)s at that time.")
    if was_elsewhere(hazard, then):
        message = _("What was known of %(area)s then is not open to your role.")
    raise NotFound(message % {"area": hazard.reference})


def was_elsewhere(hazard: HazardousArea, then: Moment) -> bool:
    """Say whether an area had a state then, to who sees it today, not as of then."""
    return HazardPeriod.objects.filter(holding(then), hazard=hazard).exists()
