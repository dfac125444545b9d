"""The list of accidents as it stood: what was true on a day, as known at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from safelane.accidents.actions import REPORTS
from safelane.accidents.filters import AccidentFilter
from safelane.accidents.models import Accident
from safelane.core.review.projection import reports_on, take_values
from safelane.core.review.timeline import Period, state_as_of
from safelane.core.scope import Actor, Precision, ScopedQuerySet
from safelane.organisations.queries import area_at


def accidents_as_of(
    actor: Actor,
    filters: AccidentFilter,
    rows: ScopedQuerySet[Accident] | None = None,
    uid: UUID | None = None,
) -> list[Accident]:
    """Return the accidents known then, newest first, unsaved with the facts of then.

    Args:
        rows: What to read with them; ``uid`` narrows it to one.

    Accidents that were withdrawn since are among them. What a filter asks is asked of
    the facts of then, and tells no more of a row than its precision shows.
    """
    every = Accident.objects.select_related("country") if rows is None else rows
    seen = every.visible_to(actor)
    if uid is not None:
        seen = seen.filter(uid=uid)
    day, moment = filters.day, filters.moment
    told = {"approved_at__lte": moment, "date_of_information__lte": day}
    accidents = list(seen)
    reports = reports_on(REPORTS, accidents, **told)
    found = []
    for accident in accidents:
        period = state_as_of(reports[accident.pk], day, moment, REPORTS.groups)
        if period is not None and _fits(_turned_back(accident, period), filters):
            found.append(accident)
    return sorted(found, key=_newest_first, reverse=True)


def _turned_back(accident: Accident, period: Period) -> Accident:
    """Give an accident the facts of a period, and the area of its place of then."""
    here = accident.geometry
    take_values(REPORTS, accident, period)
    accident.last_information = period.valid_from
    accident.is_withdrawn = False
    accident.nearest_place = None
    if accident.geometry is not None and accident.geometry != here:
        accident.admin_area = area_at(accident.country, accident.geometry)
    return accident


def _fits(accident: Accident, filters: AccidentFilter) -> bool:
    asked: Iterable[tuple[str, str]] = (
        (filters.kind, accident.kind),
        (filters.cause, accident.cause),
        (filters.country.upper(), accident.country.code),
    )
    named = filters.q.casefold() in accident.reference.casefold()
    return named and all(w in ("", h) for w, h in asked) and _dated(accident, filters)


def _dated(accident: Accident, filters: AccidentFilter) -> bool:
    first, last = filters.date_from, filters.date_to
    if first is None and last is None:
        return True
    day = accident.occurred_on
    if day is None:
        return False
    if int(accident.precision) != Precision.EXACT:  # type: ignore[attr-defined]
        first = first and first.replace(month=1, day=1)
        last = last and last.replace(month=12, day=31)
    return (first or date.min) <= day <= (last or date.max)


def _newest_first(accident: Accident) -> tuple[date, str]:
    return accident.occurred_on or date.min, accident.reference
