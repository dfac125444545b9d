"""Records as they stood: what was true on a day, as known at a moment.

For kinds that keep no periods: their past is put together from reports when asked.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from safelane.core.filters import RecordFilter
from safelane.core.filters.records import fits
from safelane.core.review.kind import ReportKind
from safelane.core.review.projection import reports_on, take_values
from safelane.core.review.timeline import Period, state_as_of
from safelane.core.scope import Actor, ScopedQuerySet
from safelane.core.scope.precision import shown_facts

M = TypeVar("M", bound=Model)


def records_as_of(
    kind: ReportKind[Any, Any],
    actor: Actor,
    filters: RecordFilter,
    rows: ScopedQuerySet[M],
) -> list[M]:
    """Return the records known then, newest first, unsaved with the facts of then.

    Records that were withdrawn since are among them. What a filter asks is asked of the
    facts of then, and tells no more of a row than its precision shows.
    """
    day, moment = filters.then.day, filters.then.knowledge
    told = {"approved_at__lte": moment, "date_of_information__lte": day}
    records = list(rows.visible_to(actor))
    reports = reports_on(kind, records, **told)
    found = []
    for record in records:
        period = state_as_of(reports[record.pk], day, moment, kind.groups)
        if period is not None and fits(filters, _turned_back(kind, record, period)):
            found.append(record)
    return sorted(found, key=lambda row: _shown_day(filters, row), reverse=True)


def _shown_day(filters: RecordFilter, row: Any) -> tuple[str, str]:
    """Return what rows are ordered by: in the order of days, a row that shows its year
    only would tell the day between those of its neighbours.
    """
    dated = filters.dated_by
    shown = shown_facts({dated: getattr(row, dated)}, filters.facts(), row.precision)
    return str(next(iter(shown.values()), None) or ""), str(row)


def _turned_back(kind: ReportKind[Any, Any], record: Any, period: Period) -> Any:
    """Give a record the facts of a period, and the admin area of its place of then."""
    take_values(kind, record, period)
    record.last_information = period.valid_from
    record.is_withdrawn = False
    record.admin_area_id = period.place
    if record.geometry is not None:
        point = record.geometry.representative_point()
        record.admin_area = kind.programme.area_at(record.country, point)
    return record
