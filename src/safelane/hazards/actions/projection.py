"""The current state of an area, computed from its approved reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from safelane.core.review import stages
from safelane.hazards.models import (
    FACT_FIELDS,
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.models.facts import FACT_GROUPS, blank_fact
from safelane.hazards.timeline import Period, TimelineReport, fold
from safelane.organisations.queries import area_at

Key = tuple[date, date | None]


def recompute(hazard: HazardousArea, now: datetime) -> None:
    """Bring an area and its periods up to date with its approved reports.

    Periods that no longer hold are closed at ``now``, never changed: what the register
    said yesterday stays answerable. An area without an approved report is withdrawn.
    """
    periods = fold(list(_timeline(hazard)), groups=FACT_GROUPS)
    standing = _close_outdated(hazard, periods, now)
    fresh = [p for p in periods if (p.valid_from, p.valid_to) not in standing]
    area = _admin_area(hazard, periods)
    HazardPeriod.objects.bulk_create(
        [period_row(hazard, period, area, now) for period in fresh]
    )
    project(hazard, periods, area, now)
    hazard.save()


def _timeline(hazard: HazardousArea) -> Iterable[TimelineReport]:
    reports = HazardReport.objects.filter(hazard=hazard, stage=stages.APPROVED)
    for report in reports.order_by("date_of_information", "approved_at", "pk"):
        yield timeline_report(report)


def timeline_report(report: HazardReport) -> TimelineReport:
    """Return the part of a report that the timeline needs."""
    assert report.approved_at is not None  # noqa: S101 - approved reports only
    return TimelineReport(
        id=report.pk,
        date_of_information=report.date_of_information,
        approved_at=report.approved_at,
        stated=report.stated_facts(),
        retracts=frozenset(report.retracts),
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


def _admin_area(hazard: HazardousArea, periods: list[Period]) -> Any:
    geometry = periods[-1].values.get("geometry") if periods else None
    if geometry is None:
        return hazard.admin_area
    return area_at(hazard.country, geometry.representative_point())


def period_row(
    hazard: HazardousArea, period: Period, admin_area: Any, now: datetime
) -> HazardPeriod:
    """Return an unsaved period of an area, known from ``now``."""
    return HazardPeriod(
        hazard=hazard,
        admin_area=admin_area,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        known_from=now,
        sources=period.sources,
        **period.values,
    )


def project(
    hazard: HazardousArea, periods: list[Period], admin_area: Any, now: datetime
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
    hazard.admin_area = admin_area
    hazard.first_information = periods[0].valid_from
    hazard.last_information = periods[-1].valid_from
