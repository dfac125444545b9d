"""The current state of a record, and its past, computed from its approved reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.bulk.many_values import lots
from safelane.core.errors import InvalidInput
from safelane.core.history.clock import next_moment
from safelane.core.review import stages
from safelane.core.review.kind import Claims, R, ReportKind
from safelane.core.review.models import ReviewedReport, default_of, fact_names
from safelane.core.review.timeline import Period, TimelineReport, fold, state_as_of
from safelane.core.scope.nearby import Refs, refer_to

BATCH_SIZE = 500
FEW = 20  # outlines, whose admin areas are looked for one by one


def recompute(
    kind: ReportKind[Any, Any], records: Iterable[Any], now: datetime
) -> None:
    """Bring records and their periods up to date with their approved reports.

    Periods that no longer hold are closed at ``now``, never changed: what was said
    yesterday stays answerable. A record without an approved report is withdrawn;
    nothing is deleted.
    """
    rows = list(records)
    reports = reports_on(kind, rows)
    folded = {row.pk: fold(reports[row.pk], kind.groups) for row in rows}
    if kind.period is not None:
        _renew_periods(kind, rows, folded, now)
    for row in rows:
        periods = folded[row.pk]
        row.is_withdrawn, row.updated_at = not periods, now
        if periods:
            take_values(kind, row, periods[-1])
            row.first_information = periods[0].valid_from
            row.last_information = periods[-1].valid_from
    lying = [(row, folded[row.pk][-1]) for row in rows if folded[row.pk]]
    for (row, _period), area in zip(lying, areas_of(kind, lying), strict=True):
        row.admin_area_id = area
    for row in rows:
        kind.project(row)
        row.save()


def hold(kind: ReportKind[Any, Any], keys: Iterable[int]) -> datetime:
    """Lock records, in one order, and return the moment of what is written of them.

    Taken before the lock, the moments of two approvals at once could stand the other
    way round than they were written, and a period end before it began.
    """
    known = sorted(set(keys))
    rows = kind.record_model._default_manager.order_by("pk")
    for start in range(0, len(known), BATCH_SIZE):
        some = rows.filter(pk__in=known[start : start + BATCH_SIZE])
        list(some.select_for_update().values_list("pk"))
    return next_moment()


def reports_on(
    kind: ReportKind[Any, Any], records: Sequence[Any], **conditions: Any
) -> dict[int, list[TimelineReport]]:
    """Return what the timeline needs of the approved reports on each record.

    Args:
        conditions: Which reports; those that count now when none is given.
    """
    chosen = conditions or {"stage": stages.APPROVED}
    link = f"{kind.record}_id"
    keys = [row.pk for row in records]
    found: dict[int, list[TimelineReport]] = defaultdict(list)
    for start in range(0, len(keys), BATCH_SIZE):
        named = {f"{link}__in": keys[start : start + BATCH_SIZE]}
        for report in kind.reports.filter(**named, **chosen):
            found[getattr(report, link)].append(timeline_report(kind, report))
    return found


def timeline_report(kind: ReportKind[R, Any], report: R) -> TimelineReport:
    """Return the part of an approved report that the timeline needs."""
    row: Any = report
    return TimelineReport(
        id=row.pk,
        date_of_information=row.date_of_information,
        approved_at=row.approved_at,
        stated=kind.stated(report),
        retracts=frozenset(row.retracts),
        withdrawn_at=row.withdrawn_at,
        place=row.admin_area_id if row.knows_area else None,
    )


def state_without(kind: ReportKind[Any, Any], record: Any, report: Any) -> Any:
    """Return what would be held of a record on a report's day without that report.

    An unsaved period; None where the report is the first. Whoever shows it asks whether
    its place is open.
    """
    day, now = report.date_of_information, timezone.now()
    told = [r for r in reports_on(kind, [record])[record.pk] if r.id != report.pk]
    period = state_as_of(told, day, now, kind.groups)
    return None if period is None else _period_rows(kind, [(record, period)], now)[0]


def facts_without(
    kind: ReportKind[Any, Any], report: Any
) -> list[tuple[dict[str, Any], Refs]]:
    """Return the facts held of a report's record by others, and who says so.

    By its other approved reports together; of a record that is only proposed, by each
    report that waits and proposes it too.
    """
    if (record := kind.record_of(report)) is not None:
        told = [r for r in reports_on(kind, [record])[record.pk] if r.id != report.pk]
        held = fold(told, kind.groups)[-1].values if told else {}
        return [(held, refer_to(record))]
    same = {"organisation": report.organisation, "reference": report.reference}
    waiting = kind.reports.filter(
        stage__in=stages.WAITING, **same, **{kind.record: None}
    )
    others = waiting.exclude(pk=report.pk).order_by("pk") if report.reference else ()
    return [(kind.stated(other), refer_to(other)) for other in others]


def area_then(kind: ReportKind[Any, Any], record: Any, day: date) -> int | None:
    """Return the key of the admin area in which a record lay on a day.

    Before anything was known of its place, that of today.
    """
    if kind.period is not None:
        held = kind.period._default_manager.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
            known_to__isnull=True,
            valid_from__lte=day,
            **{kind.record: record},
        )
        found: list[int | None] = list(held.values_list("admin_area_id", flat=True))
        if found and found[0] is not None:
            return found[0]
    now: int | None = record.admin_area_id
    return now


def name_area(report: ReviewedReport, claims: Claims) -> None:
    """Set the admin area that claims name.

    Raises:
        InvalidInput: It lies in another country.
    """
    row: Any = report
    area = claims.admin_area
    if area and area.country_id != row.country_id:
        said = _("“%(area)s” is not in %(country)s.")
        values = {"area": area, "country": row.country}
        raise InvalidInput(said % values, field="admin_area")
    if area is not None:
        row.admin_area, row.knows_area = area or None, True


def refuse_elsewhere(known: Any, country: Any) -> None:
    """Raise InvalidInput where a record is in another country than its report."""
    if known is not None and country is not None and known.country_id != country.pk:
        said = _(
            "“%(record)s” is in %(country)s, not in %(named)s. Report on it there, or "
            "take another reference."
        )
        values = {"record": known, "country": known.country, "named": country}
        raise InvalidInput(said % values, field="reference")


def take_values(kind: ReportKind[Any, Any], row: Any, period: Period) -> None:
    """Give a record the facts and links of a period, without saving."""
    for name in fact_names(kind.record_model):
        value = period.values.get(name, default_of(kind.record_model, name))
        setattr(row, name, value)
    for name in kind.links:
        setattr(row, name, period.values.get(name))


def _renew_periods(
    kind: ReportKind[Any, Any],
    rows: Sequence[Any],
    folded: dict[int, list[Period]],
    now: datetime,
) -> None:
    """Close the periods that changed at ``now``, and write those that are new."""
    model: Any = kind.period
    fresh: list[tuple[Any, Period]] = []
    for some in lots(rows, BATCH_SIZE):
        wanted = {
            (row.pk, p.valid_from, p.valid_to): (row, p)
            for row in some
            for p in folded[row.pk]
        }
        outdated = []
        known = {f"{kind.record}__in": some, "known_to__isnull": True}
        for held in model._default_manager.filter(**known):
            record = getattr(held, f"{kind.record}_id")
            key = (record, held.valid_from, held.valid_to)
            if key in wanted and says_the_same(held, wanted[key][1]):
                del wanted[key]
            else:
                outdated.append(held.pk)
        model._default_manager.filter(pk__in=outdated).update(known_to=now)
        fresh += wanted.values()
    model._default_manager.bulk_create(
        _period_rows(kind, fresh, now), batch_size=BATCH_SIZE
    )


def _period_rows(
    kind: ReportKind[Any, Any], periods: Sequence[tuple[Any, Period]], now: datetime
) -> list[Any]:
    """Return unsaved periods of records, known from ``now``."""
    model: Any = kind.period
    return [
        model(
            admin_area_id=area,
            valid_from=period.valid_from,
            valid_to=period.valid_to,
            known_from=now,
            sources=period.sources,
            **{kind.record: row},
            **period.values,
        )
        for (row, period), area in zip(periods, areas_of(kind, periods), strict=True)
    ]


def areas_of(
    kind: ReportKind[Any, Any], periods: Sequence[tuple[Any, Period]]
) -> list[int | None]:
    """Return the key of the admin area of each period of a record.

    It follows from the period's own outline, else from the reports up to then: a record
    is never put where only later reports saw it. The areas of a country are read as a
    whole only where many periods lie in it.
    """
    found = [period.place for _row, period in periods]
    placed: dict[int, list[int]] = defaultdict(list)
    for i, (row, period) in enumerate(periods):
        if period.values.get("geometry") is not None:
            placed[row.country_id].append(i)
    for keys in placed.values():
        country = periods[keys[0]][0].country
        shapes = [periods[i][1].values["geometry"] for i in keys]
        points = [shape.representative_point() for shape in shapes]
        if len(points) > FEW:
            areas = kind.programme.areas_at(country, points)
        else:
            each = (kind.programme.area_at(country, point) for point in points)
            areas = [None if area is None else area.pk for area in each]
        for i, area in zip(keys, areas, strict=True):
            found[i] = area
    return found


def says_the_same(row: Any, period: Period) -> bool:
    """Say whether a kept period holds what the reports make of its days."""
    if row.sources != period.sources:
        return False
    if row.geometry is None and row.admin_area_id != period.place:
        return False  # with a geometry the area is found by it
    facts = row.stated_facts()
    return facts.keys() == period.values.keys() and all(
        same_value(value, period.values[name]) for name, value in facts.items()
    )


def same_value(one: Any, other: Any) -> bool:
    """Say whether two values of a fact are the same; places by their coordinates."""
    if isinstance(one, BaseGeometry) and isinstance(other, BaseGeometry):
        return bool(one.wkb == other.wkb)
    return bool(one == other)
