"""What the rows of a large import state, as columns that are ready to be written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.db import connection, models
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from safelane.core.bulk.columns import (
    Json,
    Same,
    Shapes,
    insert_columns,
    new_uids,
    reserve_ids,
    with_dashes,
)
from safelane.core.bulk.sending import sending
from safelane.core.errors import InvalidInput
from safelane.core.history.actions import (
    UNSAID,
    Entry,
    as_json,
    canonical_rows,
    record_series,
)
from safelane.core.history.chain import moment
from safelane.core.history.clock import next_moment
from safelane.core.history.queries import STAGE_AT
from safelane.core.review import stages
from safelane.core.review.kind import Claims, ReportKind
from safelane.core.review.models import default_of, fact_names
from safelane.core.review.projection import name_area
from safelane.core.review.writing import (
    check_codes,
    is_stated,
    known_codes,
    refuse_loose_facts,
    refuse_unknown,
)
from safelane.core.scope import Actor

Columns = dict[str, Any]
Mask = NDArray[np.bool_]
# Stands for the moment of writing, which is not known before. It is no JSON, so that
# no value of a row can look so: a text stands in quotes, at any depth.
LATER = Json("%")


class FactColumns:
    """Rows of which each registers a new area, measured; codes are not looked up yet.

    Nothing here asks the database, so that it can be done before the transaction that
    writes the rows.

    Args:
        batch: Key of the import that all rows carry.
        measure: What follows from the geometries: fact -> value of each row.

    Attributes:
        facts: Every fact as a column.
        held: The facts that hold after each report.
        uids: Those of the areas.
        canonical: What each report says, as canonical JSON for the history.

    Raises:
        UnknownFact, LooseFact, InvalidGeometry: A row cannot stand.
    """

    def __init__(
        self,
        kind: ReportKind[Any, Any],
        inputs: Sequence[Claims],
        batch: str,
        measure: Callable[[Any], Columns],
    ) -> None:
        self.kind, self.inputs = kind, list(inputs)
        self.facts = facts = _facts(kind, self.inputs)
        named = ("reference", "external_id")
        _refuse_long(kind, {n: [getattr(i, n) for i in self.inputs] for n in named})
        shapes = np.array(list(facts["geometry"]), dtype=object)
        facts |= measure(shapes)
        self._columns = {
            name: column
            for name, column in (facts | {"geometry": shapes}).items()
            if not isinstance(column, Same) or is_stated(column.value)
        }
        self._stated: dict[str, Mask] = {
            name: np.fromiter(map(is_stated, column), dtype=bool, count=len(shapes))
            for name, column in self._columns.items()
        }
        for name, column in self._columns.items():
            if isinstance(kind.report._meta.get_field(name), models.JSONField):
                facts[name] = self._columns[name] = as_json(column)
        self.shapes = facts["geometry"] = Shapes(shapes)
        self.shapes.make_ready(connection.vendor)
        self.held = self._held()
        self.uids = new_uids(len(shapes))
        self.canonical = self._canonical(batch)

    def is_of(self, inputs: Sequence[Claims]) -> bool:
        """Say whether these are the very rows, so that nothing else is written."""
        pairs = zip(self.inputs, inputs, strict=False)
        return len(self.inputs) == len(inputs) and all(a is b for a, b in pairs)

    def _held(self) -> Columns:
        """Return the facts that hold after one report: no follower without leader."""
        facts, held = self.facts, dict(self.facts)
        for leader, followers in self.kind.groups.items():
            for i in np.flatnonzero(~self._leads(leader)):
                for name in followers:
                    if name not in self._columns:
                        continue
                    if held[name] is facts[name]:
                        held[name] = list(facts[name])
                    held[name][i] = default_of(self.kind.report, name)
        return held

    def sources(self, reports: Sequence[int]) -> list[Json]:
        """Return, per row, which report each fact that holds comes from: its own."""
        masks = dict(self._stated)
        for leader, followers in self.kind.groups.items():
            for name in followers:
                if name in masks:
                    masks[name] = masks[name] & self._leads(leader)
        names = list(masks)
        patterns, which = _patterns(list(masks.values()))
        texts = [
            json.dumps({n: "%" for n, said in zip(names, row, strict=True) if said})
            for row in patterns.tolist()
        ]
        return [
            Json(texts[i].replace('"%"', str(key)))
            for i, key in zip(which.tolist(), reports, strict=True)
        ]

    def _canonical(self, batch: str) -> list[str]:
        """Return, per row, what its report says, as canonical JSON for the history."""
        said: Columns = {
            "reference": [item.reference for item in self.inputs],
            "date_of_information": [i.date_of_information for i in self.inputs],
            "batch": Same(batch, len(self.inputs)),
            "device_time": [item.device_time or UNSAID for item in self.inputs],
            STAGE_AT: [LATER] * len(self.inputs),
            self.kind.record: [item.reference for item in self.inputs],
            self.kind.record_uid: with_dashes(self.uids),
        }
        for name, column in self._columns.items():
            if name == "geometry":
                said[name] = [UNSAID if s is None else s for s in self.shapes.digits]
                continue
            mask = self._stated[name]
            said[name] = column if mask.all() else _without(column, ~mask)
        return canonical_rows(said)

    def _leads(self, leader: str) -> Mask:
        none: Mask = np.zeros(len(self.inputs), dtype=bool)
        return self._stated.get(leader, none)


def _facts(kind: ReportKind[Any, Any], inputs: Sequence[Claims]) -> Columns:
    """Return every fact as a column, with the model's default where unstated."""
    stated = {name for item in inputs for name in item.facts}
    refuse_unknown(kind, stated)
    columns: Columns = {}
    model: type[models.Model] = kind.report
    for name in fact_names(model):
        default = default_of(kind.report, name)
        if name in stated:
            columns[name] = [item.facts.get(name, default) for item in inputs]
        else:
            columns[name] = Same(default, len(inputs))
    _refuse_loose(kind, inputs, stated)
    _refuse_long(kind, columns)
    return columns


def _refuse_long(kind: ReportKind[Any, Any], columns: Columns) -> None:
    """Refuse text that its column cannot hold, as for a single report."""
    for name, column in columns.items():
        field: Any = kind.report._meta.get_field(name)
        most = field.max_length if isinstance(field, models.CharField) else None
        if most is None or isinstance(column, Same):
            continue
        long = max(column, key=len, default="")
        if len(long) > most:
            message = _("“%(text)s…” is longer than %(most)s characters.")
            said = {"text": long[:40], "most": most}
            raise InvalidInput(message % said, field=name)


def _refuse_loose(
    kind: ReportKind[Any, Any], inputs: Sequence[Claims], stated: set[str]
) -> None:
    """Look closely only at rows that leave a leading fact out."""
    for leader, names in kind.groups.items():
        if stated.isdisjoint(names):
            continue
        for item in inputs:
            if not is_stated(item.facts.get(leader)):
                refuse_loose_facts(kind.report, item.facts, (), {leader: names})


def _without(column: Any, left_out: Mask) -> list[Any]:
    values = list(column)
    for i in np.flatnonzero(left_out):
        values[i] = UNSAID
    return values


def _patterns(masks: list[Mask]) -> tuple[Any, Any]:
    """Return the different combinations, and which of them each row is."""
    bits = np.stack(masks, axis=1)
    numbers = bits @ (1 << np.arange(len(masks), dtype=np.int64))
    _numbers, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return bits[first], which


@dataclass(frozen=True, slots=True)
class Registration:
    """In whose name, where and why many approved reports come in.

    Args:
        batch: Key of the import that all rows carry.
        reason: Why they need no review row by row ("legacy register of 2023").
    """

    organisation: Any
    country: Any
    batch: str
    reason: str
    source: str = "import"


def register_new(stated: FactColumns, registration: Registration, *, by: Actor) -> None:
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
        "number": kind.numbers(
            now, ((key, registration.organisation) for key in reports)
        ),
    }
    links = {f"{kind.record}_id": records, "admin_area_id": admin}
    with sending():
        held = stated.held | _record_columns(stated, admin, registration, now)
        insert_columns(models[0], held, count, ids=records)
        said = _report_columns(stated, registration, by, now) | facts | own | links
        insert_columns(models[1], said, count, ids=reports)
        true = stated.held | _period_columns(stated, reports, now) | links
        insert_columns(models[2], true, count, ids=periods)
        _note(stated, registration, own, now, by=by)


def _check_codes(rows: FactColumns, country: Any) -> None:
    """Look up every code once per day; raise as for a single report."""
    kind, pack = rows.kind, rows.kind.programme.pack_of(country)
    for field, name in kind.lists.items():
        used: dict[date, set[str]] = defaultdict(set)
        for item in rows.inputs:
            if value := item.facts.get(field):
                codes = value if isinstance(value, list | tuple) else (value,)
                used[item.date_of_information].update(codes)
        if any(codes - known_codes(pack, name, day) for day, codes in used.items()):
            for item in rows.inputs:
                check_codes(kind, pack, item)


def _place(rows: FactColumns, country: Any) -> list[int | None]:
    """Return the admin area of each geometry; without one, that which is named."""
    shapes = rows.shapes.shapes
    admin: list[int | None] = [None] * len(shapes)
    for i, item in enumerate(rows.inputs):
        if item.admin_area:
            named = rows.kind.report(country=country)
            name_area(named, item)
            admin[i] = named.admin_area_id
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
        "knows_area": True,
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
    rows: FactColumns,
    registration: Registration,
    own: Columns,
    now: datetime,
    *,
    by: Actor,
) -> None:
    kind = rows.kind
    blank, told = (f'"{STAGE_AT}":{t}' for t in (LATER.text, f'"{moment(now)}"'))
    after = [text.replace(blank, told) for text in rows.canonical]
    series = Entry(
        registration.organisation.pk,
        kind.verb("register"),
        kind.name,
        reason=registration.reason,
        source=registration.source,
        permission=kind.verb("approve"),
    )
    record_series(series, with_dashes(own["uid"]), own["number"], after, by=by)
