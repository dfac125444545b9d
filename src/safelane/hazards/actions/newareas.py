"""The quick way in for very many new areas with one report each.

It writes what :mod:`safelane.hazards.actions.bulk` would write row by row: the report,
the area, its one open period and the change in the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from safelane.core.bulk.columns import (
    Same,
    insert_columns,
    new_uids,
    reserve_ids,
)
from safelane.core.bulk.sending import sending
from safelane.core.history.bulk import Series, record_series
from safelane.core.review import stages
from safelane.core.review.writing import check_codes, known_codes, numbers
from safelane.core.scope import Actor
from safelane.hazards.actions.columns import FactColumns
from safelane.hazards.actions.report import REPORT, REPORTS
from safelane.hazards.facts import FACT_LISTS
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import (
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import AreaFinder

if TYPE_CHECKING:
    from safelane.hazards.actions.bulk import Registration

Columns = dict[str, Any]


def register_new(
    stated: FactColumns,
    registration: Registration,
    now: datetime,
    finder: AreaFinder,
    *,
    by: Actor,
) -> None:
    """Write new areas, each stated by one report without finds or points.

    The caller has checked permissions, and that no reference is taken.

    Raises:
        UnknownCode: Names the first row's.
    """
    inputs, facts, count = stated.inputs, stated.facts, len(stated.inputs)
    _check_codes(inputs, registration.country)
    admin = _place(stated.shapes.shapes, finder)
    models = HazardousArea, HazardReport, HazardPeriod
    areas, reports, periods = (reserve_ids(model, count) for model in models)
    own = _keys(inputs, registration, now, reports)
    links = {"hazard_id": areas, "admin_area_id": admin}
    with sending():
        held = stated.held | _area_columns(inputs, admin, registration, now)
        insert_columns(HazardousArea, held, count, ids=areas)
        said = _report_columns(inputs, registration, by, now) | facts | own | links
        insert_columns(HazardReport, said, count, ids=reports)
        true = stated.held | _period_columns(stated, reports, now) | links
        insert_columns(HazardPeriod, true, count, ids=periods)
        _record(stated.canonical, registration, own, by=by)


def _check_codes(inputs: Sequence[ReportInput], country: Country) -> None:
    """Look up every code once per day; raise as for a single report."""
    pack = pack_of(country)
    known: dict[tuple[str, date], frozenset[str]] = {}
    stated = {name for item in inputs for name in item.facts}
    for field, list_name in FACT_LISTS.items():
        if field not in stated:
            continue
        for item in inputs:
            value = item.facts.get(field)
            if not value:
                continue
            key = (list_name, item.date_of_information)
            if key not in known:
                known[key] = known_codes(pack, *key)
            codes = value if isinstance(value, list | tuple) else (value,)
            if not known[key].issuperset(codes):
                check_codes(REPORTS, pack, item)


def _keys(
    inputs: Sequence[ReportInput],
    registration: Registration,
    now: datetime,
    reports: Sequence[int],
) -> Columns:
    return {
        "uid": new_uids(len(inputs)),
        "number": numbers(REPORTS, registration.organisation, now, reports),
    }


def _place(shapes: Any, finder: AreaFinder) -> list[int | None]:
    """Return the admin area of each polygon."""
    admin: list[int | None] = [None] * len(shapes)
    placed = np.flatnonzero(~shapely.is_missing(shapes))
    if len(placed) and finder.has_areas:
        found = finder.at(shapely.point_on_surface(shapes[placed]))
        for position, where in zip(placed, found, strict=True):
            admin[position] = where
    return admin


def _report_columns(
    inputs: Sequence[ReportInput], registration: Registration, by: Actor, now: datetime
) -> Columns:
    count = len(inputs)
    same = {
        "organisation_id": registration.organisation.pk,
        "country_id": registration.country.pk,
        "stage": stages.APPROVED,
        "source": registration.source,
        "entered_by_id": by.user_id,
        "stage_at": now,
        "stage_by_id": by.user_id,
        "approved_at": now,
        "reason": registration.reason,
        "pack_version": pack_of(registration.country).version,
        "batch": registration.batch,
    }
    columns: Columns = {name: Same(value, count) for name, value in same.items()}
    columns |= {
        "reference": [item.reference for item in inputs],
        "date_of_information": [item.date_of_information for item in inputs],
        "external_id": [item.external_id for item in inputs],
        "content_hash": [item.content_hash for item in inputs],
        "device_time": [item.device_time for item in inputs],
        "findings": [list(item.findings) for item in inputs],
    }
    return columns


def _area_columns(
    inputs: Sequence[ReportInput],
    admin: list[int | None],
    registration: Registration,
    now: datetime,
) -> Columns:
    count = len(inputs)
    days = [item.date_of_information for item in inputs]
    return {
        "uid": new_uids(count),
        "reference": [item.reference for item in inputs],
        "organisation_id": Same(registration.organisation.pk, count),
        "country_id": Same(registration.country.pk, count),
        "admin_area_id": admin,
        "first_information": days,
        "last_information": days,
        "updated_at": Same(now, count),
    }


def _period_columns(
    stated: FactColumns, reports: Sequence[int], now: datetime
) -> Columns:
    return {
        "valid_from": [item.date_of_information for item in stated.inputs],
        "known_from": Same(now, len(stated.inputs)),
        "sources": stated.sources(reports),
    }


def _record(
    said: Sequence[str], registration: Registration, own: Columns, *, by: Actor
) -> None:
    series = Series(
        registration.organisation.pk,
        f"{REPORT}.register",
        REPORT,
        reason=registration.reason,
        source=registration.source,
        permission=f"{REPORT}.approve",
    )
    uids = [f"{u[:8]}-{u[8:12]}-{u[12:16]}-{u[16:20]}-{u[20:]}" for u in own["uid"]]
    record_series(series, uids, own["number"], said, by=by)
