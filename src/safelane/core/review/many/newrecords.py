"""Writing very many new records, with one approved report each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely

from safelane.core.bulk.columns import (
    Same,
    insert_columns,
    new_uids,
    reserve_ids,
    with_dashes,
)
from safelane.core.bulk.sending import sending
from safelane.core.history.bulk import Series, record_series
from safelane.core.history.clock import next_moment
from safelane.core.review import stages
from safelane.core.review.many.columns import Columns, FactColumns
from safelane.core.review.writing import check_codes, known_codes, numbers
from safelane.core.scope import Actor


@dataclass(frozen=True, slots=True)
class Registration:
    """In whose name, where and why many approved reports come in.

    Args:
        batch: Key of the import that all rows carry.
        reason: Why they need no review row by row ("legacy register of 2023").
        is_fresh: The caller has left out the rows that came in before.
    """

    organisation: Any
    country: Any
    batch: str
    reason: str
    source: str = "import"
    is_fresh: bool = False


def register_new(
    stated: FactColumns,
    registration: Registration,
    *,
    by: Actor,
) -> None:
    """Write new records, each stated by one report with nothing beside the facts.

    It writes what would be written row by row: the report, the record, its one open
    period and the change in the history. The caller has asked the rules, checked
    permissions, and that no reference is taken.

    Raises:
        UnknownCode: Names the first row's.
    """
    kind, facts, count = stated.kind, stated.facts, len(stated.inputs)
    _check_codes(stated, registration.country)
    now, admin = next_moment(), _place(stated, registration.country)
    models: list[Any] = [kind.record_model, kind.report, kind.period]
    records, reports, periods = (reserve_ids(model, count) for model in models)
    own = {
        "uid": new_uids(count),
        "number": numbers(kind, registration.organisation, now, reports),
    }
    links = {f"{kind.record}_id": records, "admin_area_id": admin}
    with sending():
        held = stated.held | _record_columns(stated, admin, registration, now)
        insert_columns(models[0], held, count, ids=records)
        said = _report_columns(stated, registration, by, now) | facts | own | links
        insert_columns(models[1], said, count, ids=reports)
        true = stated.held | _period_columns(stated, reports, now) | links
        insert_columns(models[2], true, count, ids=periods)
        _note(stated, registration, own, by=by)


def _check_codes(rows: FactColumns, country: Any) -> None:
    """Look up every code once per day; raise as for a single report."""
    kind, inputs = rows.kind, rows.inputs
    pack = kind.programme.pack_of(country)
    known: dict[tuple[str, date], frozenset[str]] = {}
    stated = {name for item in inputs for name in item.facts}
    for field, list_name in kind.lists.items():
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
                check_codes(kind, pack, item)


def _place(rows: FactColumns, country: Any) -> list[int | None]:
    """Return the admin area of each geometry."""
    shapes = rows.shapes.shapes
    admin: list[int | None] = [None] * len(shapes)
    placed = np.flatnonzero(~shapely.is_missing(shapes))
    if len(placed):
        points: Any = shapely.point_on_surface(shapes[placed])
        found = rows.kind.programme.areas_at(country, points)
        for position, where in zip(placed, found, strict=True):
            admin[position] = where
    return admin


def _report_columns(
    rows: FactColumns, registration: Registration, by: Actor, now: datetime
) -> Columns:
    inputs: list[Any] = rows.inputs
    pack = rows.kind.programme.pack_of(registration.country)
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
        "pack_version": pack.version,
        "batch": registration.batch,
    }
    return {name: Same(value, len(inputs)) for name, value in same.items()} | {
        "reference": [item.reference for item in inputs],
        "date_of_information": [item.date_of_information for item in inputs],
        "external_id": [item.external_id for item in inputs],
        "content_hash": [item.content_hash for item in inputs],
        "device_time": [item.device_time for item in inputs],
        "findings": [list(item.findings) for item in inputs],
    }


def _record_columns(
    rows: FactColumns,
    admin: list[int | None],
    registration: Registration,
    now: datetime,
) -> Columns:
    count = len(rows.inputs)
    days = [item.date_of_information for item in rows.inputs]
    return {
        "uid": rows.uids,
        "reference": [item.reference for item in rows.inputs],
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


def _note(
    rows: FactColumns, registration: Registration, own: Columns, *, by: Actor
) -> None:
    kind = rows.kind
    series = Series(
        registration.organisation.pk,
        kind.verb("register"),
        kind.name,
        reason=registration.reason,
        source=registration.source,
        permission=kind.verb("approve"),
    )
    record_series(series, with_dashes(own["uid"]), own["number"], rows.canonical, by=by)
