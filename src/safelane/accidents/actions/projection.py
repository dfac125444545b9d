"""The current state of an accident, computed from its approved reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from safelane.accidents.models import (
    FACT_FIELDS,
    Accident,
    AccidentReport,
    Victim,
)
from safelane.accidents.models.facts import FACT_GROUPS, default_of
from safelane.core.review import stages
from safelane.core.review.timeline import Period, TimelineReport, fold
from safelane.organisations.queries import area_at, nearest_place


def recompute(accident: Accident, now: datetime) -> None:
    """Bring an accident and its victims up to date with its approved reports.

    An accident without an approved report is withdrawn; nothing is deleted.
    """
    reports = approved_reports(accident)
    periods = fold([timeline_report(row) for row in reports], FACT_GROUPS)
    accident.is_withdrawn, accident.updated_at = not periods, now
    if periods:
        _project(accident, periods)
    accident.save()
    _mark_current_victims(accident)


def approved_reports(accident: Accident) -> Sequence[AccidentReport]:
    """Return the reports that make what is known of an accident."""
    rows = AccidentReport.objects.filter(accident=accident, stage=stages.APPROVED)
    return list(rows.order_by("date_of_information", "approved_at", "pk"))


def timeline_report(report: AccidentReport) -> TimelineReport:
    """Return the part of a report that the timeline needs."""
    assert report.approved_at is not None  # noqa: S101 - approved reports only
    return TimelineReport(
        id=report.pk,
        date_of_information=report.date_of_information,
        approved_at=report.approved_at,
        stated=report.claims(),
        retracts=frozenset(report.retracts),
        withdrawn_at=report.withdrawn_at,
    )


def _project(accident: Accident, periods: Sequence[Period]) -> None:
    current = periods[-1].values
    for name in FACT_FIELDS:
        setattr(accident, name, current.get(name, default_of(name)))
    accident.hazard_id = current.get("hazard_id")
    accident.first_information = periods[0].valid_from
    accident.last_information = periods[-1].valid_from
    _find_place(accident)


def _find_place(accident: Accident) -> None:
    """Find the admin area and the nearest place; without a position, keep the area."""
    accident.nearest_place = None
    accident.nearest_place_m = accident.nearest_place_bearing = None
    if accident.geometry is None:
        return
    accident.admin_area = area_at(accident.country, accident.geometry)
    found = nearest_place(accident.country, accident.geometry)
    if found is not None:
        place, metres, bearing = found
        accident.nearest_place, accident.nearest_place_m = place, metres
        accident.nearest_place_bearing = bearing


def _mark_current_victims(accident: Accident) -> None:
    """Mark, per number, the victim of the newest date; of several, first approved."""
    rows = Victim.objects.filter(accident=accident)
    approved = rows.filter(report__stage=stages.APPROVED).order_by(
        F("report__date_of_information").desc(), "report__approved_at", "pk"
    )
    newest: dict[int, int] = {}
    for pk, number in approved.values_list("pk", "number"):
        newest.setdefault(number, pk)
    current = newest.values()
    rows.exclude(pk__in=current).update(is_current=False)
    rows.filter(pk__in=current).update(is_current=True, admin_area=accident.admin_area)
