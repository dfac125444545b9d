"""The current state of an area, computed from its approved reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from safelane.core.review import stages
from safelane.hazards.facts import FACT_FIELDS, FACT_GROUPS
from safelane.hazards.models import (
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.models.facts import (
    blank_fact,
)
from safelane.hazards.timeline import Period, TimelineReport, fold
from safelane.organisations.queries import area_at

Key = tuple[date, date | None]


def recompute(hazard: HazardousArea, now: datetime) -> None:
    """Bring an area and its periods up to date with its approved reports.

    Periods that no longer hold are closed at ``now``, never changed: what the register
    said yesterday stays answerable. An area without an approved report is withdrawn.
    """
    reports = _approved(hazard)
    periods = fold([timeline_report(row) for row in reports], groups=FACT_GROUPS)
    standing = _close_outdated(hazard, periods, now)
    places = admin_areas(periods, reports, _area_at_outline)
    HazardPeriod.objects.bulk_create(
        period_row(hazard, period, place, now)
        for period, place in zip(periods, places, strict=True)
        if (period.valid_from, period.valid_to) not in standing
    )
    project(hazard, periods, places, now)
    hazard.save()


def _approved(hazard: HazardousArea) -> list[HazardReport]:
    rows = HazardReport.objects.filter(hazard=hazard, stage=stages.APPROVED)
    ordered = rows.order_by("date_of_information", "approved_at", "pk")
    return list(ordered.select_related("country"))


def _area_at_outline(report: HazardReport) -> int | None:
    found = area_at(report.country, report.geometry.representative_point())
    return None if found is None else found.pk


def admin_areas(
    periods: Sequence[Period],
    reports: Sequence[HazardReport],
    at_outline: Callable[[HazardReport], int | None],
) -> list[int | None]:
    """Return the admin area of each period: in which the area lay by what it holds.

    It follows from the outline that holds in the period, and without one from the
    reports up to then: an area is never put where only later reports saw it.

    Args:
        at_outline: Returns the admin area at the outline of a report.
    """
    by_key = {report.pk: report for report in reports}
    found: dict[int, int | None] = {}
    places = []
    for period in periods:
        source = period.sources.get("geometry")
        if source is None:
            places.append(period.place)
            continue
        if source not in found:
            found[source] = at_outline(by_key[source])
        places.append(found[source])
    return places


def timeline_report(report: HazardReport) -> TimelineReport:
    """Return the part of a report that the timeline needs."""
    assert report.approved_at is not None  # noqa: S101 - approved reports only
    return TimelineReport(
        id=report.pk,
        date_of_information=report.date_of_information,
        approved_at=report.approved_at,
        stated=report.stated_facts(),
        retracts=frozenset(report.retracts),
        place=report.admin_area_id,
    )


def _close_outdated(
    hazard: HazardousArea, periods: list[Period], now: datetime
) -> set[Key]:
    """Close the periods that changed; return the keys of those that stand."""
    wanted = {(p.valid_from, p.valid_to): p for p in periods}
    standing: set[Key] = set()
    outdated = []
    for row in HazardPeriod.objects.filter(hazard=hazard, known_to__isnull=True):
        key = (row.valid_from, row.valid_to)
        if key in wanted and _says_the_same(row, wanted[key]):
            standing.add(key)
        else:
            outdated.append(row.pk)
    HazardPeriod.objects.filter(pk__in=outdated).update(known_to=now)
    return standing


def _says_the_same(row: HazardPeriod, period: Period) -> bool:
    if row.sources != period.sources:
        return False
    facts = row.stated_facts()
    return facts.keys() == period.values.keys() and all(
        _equal(value, period.values[name]) for name, value in facts.items()
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, BaseGeometry) and isinstance(other, BaseGeometry):
        return bool(one.wkb == other.wkb)
    return bool(one == other)


def period_row(
    hazard: HazardousArea, period: Period, place: int | None, now: datetime
) -> HazardPeriod:
    """Return an unsaved period of an area, known from ``now``."""
    return HazardPeriod(
        hazard=hazard,
        admin_area_id=place,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        known_from=now,
        sources=period.sources,
        **period.values,
    )


def project(
    hazard: HazardousArea,
    periods: Sequence[Period],
    places: Sequence[int | None],
    now: datetime,
) -> None:
    """Write the last period onto the area's own columns, without saving."""
    hazard.is_withdrawn = not periods
    hazard.updated_at = now
    if not periods:
        return
    current = periods[-1].values
    for name in FACT_FIELDS:
        default = blank_fact(name)
        setattr(hazard, name, current.get(name, default))
    hazard.admin_area_id = places[-1]
    hazard.first_information = periods[0].valid_from
    hazard.last_information = periods[-1].valid_from
