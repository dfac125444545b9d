"""Replaying approved reports: is the register what its reports and history say?

Every report is compared with the history, and every record, with each period that it
ever had, with what its reports make of it at each moment at which something was
approved or withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import shapely
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.bulk.many_values import lots
from safelane.core.history.chain import moment as as_noted
from safelane.core.history.models import Change
from safelane.core.history.queries import STAGE_AT
from safelane.core.history.state import (
    Difference,
    Facts,
    Kept,
    StateCheck,
    altered,
    batches,
    differences,
    label_of,
    read_facts,
    unchecked,
)
from safelane.core.review import stages
from safelane.core.review.kind import ReportKind
from safelane.core.review.models import fact_names
from safelane.core.review.projection import same_value, says_the_same, timeline_report
from safelane.core.review.timeline import Period, TimelineReport, fold, periods_known_at
from safelane.core.review.writing import snapshot

Kind = ReportKind[Any, Any]
KEY = gettext_lazy("joins rows; what it joins is compared by name")
SOURCE = gettext_lazy("names the row of the file; says nothing of the land")
RULES = gettext_lazy("what the rules said then; they are asked again at each step")
CLOCK = gettext_lazy("read from a clock that may differ from the history's")
REPORT_UNCHECKED = {
    "id": KEY,
    "external_id": SOURCE,
    "content_hash": SOURCE,
    "findings": RULES,
    "pack_version": RULES,
    "knows_area": gettext_lazy("where a record lay by it is compared instead"),
    "entered_at": CLOCK,
}
RECORD_UNCHECKED = {"id": KEY, "created_at": CLOCK}
# An approval is written into the history in the same transaction: all that is known
# of those of before.
LONGEST_TRANSACTION = timedelta(hours=12)
MOMENTS = {
    "approve": "approved_at",
    "register": "approved_at",
    "withdraw": "withdrawn_at",
    "withdraw_approved": "withdrawn_at",
}
DRAFTING = ("create", "update")
LATELY = ("reference", "batch", "device_time")
# What the changes themselves say of a report, beside their facts.
ABOUT = (
    *("entered_by", "stage_by", "reason", "chain", "number", "source"),
    *("device_time", "moments"),
)


def replay_checks(kind: Kind, *beside: str) -> tuple[StateCheck, ...]:
    """Return the checks of a kind of report and of the records that it speaks of.

    Args:
        beside: Models whose rows stand in the history with their report.
    """
    report = kind.report._meta.label_lower
    record = kind.record_model._meta.label_lower
    periods = () if kind.period is None else (kind.period._meta.label_lower,)
    reports = partial(report_differences, kind)
    records = partial(record_differences, kind)
    return (
        StateCheck(report, (report, *beside), reports, REPORT_UNCHECKED),
        StateCheck(record, (record, *periods), records, RECORD_UNCHECKED),
    )


def report_differences(kind: Kind) -> Iterator[Difference]:
    """Yield reports of other content, stage or moments than the history says."""

    def rows() -> models.QuerySet[Any]:
        every: models.QuerySet[Any] = kind.report._base_manager.all()
        return every.select_related(kind.record).prefetch_related(*kind.rows_beside)

    after, facts = partial(_after, kind), partial(_facts, kind)
    beside = sorted({*kind.beside, *kind.rows_beside})
    lately = (*LATELY, kind.record, kind.record_uid, *beside)
    kept = Kept(
        kind.name, rows, "uid", facts, after, True, lately, partial(_moved, kind)
    )
    yield from differences(kept)
    yield from strayed(kind)
    yield from foreign(kind)
    yield from misplaced(kind, kind.report, "country_id", "entered_at")


def _facts(kind: Kind, row: Any) -> Facts:
    """Return what a report says, with what its changes say of it: who, whose."""
    record = getattr(row, kind.record)
    proposed = None if row.approved_at else row.reference or None
    return snapshot(kind, row) | {
        kind.record: proposed if record is None else record.reference,
        kind.record_uid: None if record is None else record.uid,
        "stage": row.stage,
        "batch": row.batch,
        "chain": row.organisation_id,
        "number": row.number,
        "source": row.source,
        "device_time": row.device_time,
        "entered_by": row.entered_by_id,
        "stage_by": row.stage_by_id,
        "reason": row.reason,
    }


def _after(kind: Kind, said: Facts, change: Change) -> Facts:
    """Return what a report says after one more change: steps only move it."""
    after = read_facts(change.after)
    moments = _moments(change, after)
    found = {
        "entered_by": change.actor_id,
        "stage_by": None,
        "reason": "",
        **said,
        "chain": change.organisation_id,
        "number": change.object_label,
        "source": change.source,
        "moments": said.get("moments", {}) | moments,
    }
    registered = change.verb.endswith(".register")
    if registered or "stage" in after:
        found |= {"stage_by": change.actor_id, "reason": change.reason}
    if "stage" in after:
        if after.get(kind.record) is None:  # it only proposes one, or names none
            after.pop(kind.record, None)
        return found | after
    stage = stages.APPROVED if registered else said.get("stage", stages.DRAFT)
    if not after.get("reference"):  # of old: the record was left out
        after.pop("reference", None)
    else:
        after[kind.record] = after["reference"]
    if kind.record_uid in after:  # a short change of many: nothing lies beside
        after = dict.fromkeys((*kind.beside, *kind.rows_beside)) | after
    if not registered:
        found["device_time"] = change.device_time and as_noted(change.device_time)
    elif moments[STAGE_AT][1]:  # written when all of it was taken in
        after.setdefault("device_time", None)
    if change.source != "import":  # only these could belong to one
        after.setdefault("batch", "")
    about = {name: found[name] for name in ABOUT if name in found}
    return about | after | {"stage": stage}


def _moments(change: Change, after: Facts) -> dict[str, tuple[datetime, bool]]:
    """Take from a change when it moved its report on, and whether that is exact."""
    step = change.verb.rpartition(".")[2]
    if step in DRAFTING:
        return {}
    told = after.pop(STAGE_AT, None)
    when = datetime.fromisoformat(told) if told else change.server_time
    return dict.fromkeys((STAGE_AT, MOMENTS.get(step, STAGE_AT)), (when, bool(told)))


def _moved(kind: Kind, row: Any, said: Facts) -> Iterator[Difference]:
    """Yield that a report moved on at another moment than the history says."""
    noted = said.pop("moments")
    for name in ("approved_at", "withdrawn_at", STAGE_AT):
        when, is_exact = noted.get(name, (None, True))
        held = getattr(row, name)
        if held == when or (not is_exact and _is_near(held, when)):
            continue
        text = _("%(label)s moved on at %(noted)s, and says %(said)s.") % {
            "label": label_of(row),
            "noted": _clock(when),
            "said": _clock(held),
        }
        yield Difference("altered", kind.name, str(row.uid), text)
    if not all(is_exact for _when, is_exact in noted.values()):
        why = _("moments, not checked exactly: the history did not take them in then")
        yield unchecked(kind.report, why)


def _is_near(said: datetime | None, noted: datetime) -> bool:
    """Say whether a moment was noted in one transaction, at its end."""
    return said is not None and timedelta() <= noted - said <= LONGEST_TRANSACTION


def _clock(when: datetime | None) -> str:
    return "-" if when is None else when.isoformat(" ")


def record_differences(kind: Kind) -> Iterator[Difference]:
    """Yield each record that is not what its approved reports make of it."""
    records = kind.record_model._base_manager.order_by("pk")
    for rows in batches(records):
        reports = _by_record(kind, kind.report, rows, approved_at__isnull=False)
        periods = _by_record(kind, kind.period, rows) if kind.period else {}
        for row in rows:
            said = reports.get(row.pk, ())
            told = [timeline_report(kind, report) for report in said]
            wrong = list(_wrong(kind, row, told, periods.get(row.pk, ())))
            wrong += _wrong_origin(row, said)
            if wrong:
                text = _("%(label)s is not what its approved reports say: %(what)s.")
                yield altered(row, text, what="; ".join(wrong))
    yield from misplaced(kind, kind.record_model, "country_id", "updated_at")
    if kind.period is not None:
        country = f"{kind.record}__country_id"
        yield from misplaced(kind, kind.period, country, "known_from")


def _by_record(
    kind: Kind, model: Any, rows: Sequence[Any], **conditions: Any
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    wanted = {f"{kind.record}__in": [row.pk for row in rows], **conditions}
    for item in model._base_manager.filter(**wanted):
        found[getattr(item, f"{kind.record}_id")].append(item)
    return found


def _wrong(
    kind: Kind, row: Any, told: Sequence[TimelineReport], held: Sequence[Any]
) -> Iterator[str]:
    if not told:
        yield _("no approved report speaks of it")
        return
    now = fold(told, kind.groups)
    if bool(row.is_withdrawn) != (not now):
        yield _("whether it is withdrawn")
    if now:
        yield from _wrong_facts(kind, row, now)
    if kind.period is not None:
        yield from _wrong_periods(kind, told, held)


def _wrong_origin(row: Any, reports: Sequence[Any]) -> Iterator[str]:
    """Name what a record took over when its first report was approved, and since."""
    if not reports:
        return
    begun = min(report.approved_at for report in reports)
    first = [report for report in reports if report.approved_at == begun]
    for name in ("organisation", "country", "reference"):
        column = row._meta.get_field(name).attname
        if getattr(row, column) not in [getattr(report, column) for report in first]:
            yield str(row._meta.get_field(name).verbose_name)
    moments = [m for r in reports for m in (r.approved_at, r.withdrawn_at) if m]
    if max(moments) != row.updated_at:
        yield _("when it changed")


def _wrong_facts(kind: Kind, row: Any, now: Sequence[Period]) -> Iterator[str]:
    values = now[-1].values
    for name in (*fact_names(kind.record_model), *kind.links):
        default = row._meta.get_field(name.removesuffix("_id")).get_default()
        if not same_value(getattr(row, name), values.get(name, default)):
            yield str(row._meta.get_field(name.removesuffix("_id")).verbose_name)
    if row.first_information != now[0].valid_from:
        yield _("first information")
    if row.last_information != now[-1].valid_from:
        yield _("last information")
    if row.geometry is None and row.admin_area_id != now[-1].place:
        yield _("admin area")


def _wrong_periods(
    kind: Kind, told: Sequence[TimelineReport], held: Sequence[Any]
) -> Iterator[str]:
    """Name each moment after which other periods stood than the reports make."""
    moments = sorted({m for r in told for m in (r.approved_at, r.withdrawn_at) if m})
    for row in held:
        if row.known_from not in moments or row.known_to not in (None, *moments):
            yield _("the period from %(day)s was known at no moment of a report") % {
                "day": row.valid_from
            }
            return
    for moment in moments:
        wanted = periods_known_at(told, moment, kind.groups)
        stood = [row for row in held if _stood(row, moment)]
        if not _same_periods(stood, wanted):
            text = _("its periods as known on %(moment)s")
            yield text % {"moment": _clock(moment)}
            return


def _stood(row: Any, moment: datetime) -> bool:
    return row.known_from <= moment and (row.known_to is None or row.known_to > moment)


def _same_periods(held: Sequence[Any], wanted: Sequence[Period]) -> bool:
    by_key = {(row.valid_from, row.valid_to): row for row in held}
    keys = {(period.valid_from, period.valid_to) for period in wanted}
    if len(by_key) != len(held) or by_key.keys() != keys:
        return False
    pairs = [(by_key[p.valid_from, p.valid_to], p) for p in wanted]
    return all(says_the_same(row, p) for row, p in pairs)


PLACED_AT_ONCE = 10_000
WHOSE = ("organisation_id", "country_id", "admin_area_id")


def strayed(kind: Kind) -> Iterator[Difference]:
    """Yield rows beside reports that name another owner, place or record than these."""
    for name in kind.rows_beside:
        relation: Any = kind.report._meta.get_field(name)
        model, report = relation.related_model, relation.field.name
        has = {field.attname for field in model._meta.concrete_fields}
        own = [c for c in (f"{kind.record}_id", *WHOSE) if c in has]
        rows = model._base_manager.order_by("pk")
        told = rows.values_list("pk", *own, *(f"{report}__{c}" for c in own))
        for key, *values in told.iterator(PLACED_AT_ONCE):
            here, there = values[: len(own)], values[len(own) :]
            wrong = [c for c, a, b in zip(own, here, there, strict=True) if a != b]
            if wrong:
                row = model._base_manager.select_related(report).get(pk=key)
                names = [c.removesuffix("_id").replace("_", " ") for c in wrong]
                text = _(
                    "%(label)s of report %(report)s is not what that report says: "
                    "%(names)s."
                )
                said = {"report": getattr(row, report), "names": ", ".join(names)}
                yield altered(row, text, **said)


def foreign(kind: Kind) -> Iterator[Difference]:
    """Yield reports of another country than the admin area or record that they name."""
    here, record = F("country_id"), f"{kind.record}__country_id"
    rows = kind.report._base_manager.order_by("pk")
    there = ~Q(admin_area__country_id=here) & Q(admin_area__isnull=False)
    apart = ~Q(**{record: here}) & Q(**{f"{record}__isnull": False})
    for row in rows.filter(there | apart):
        text = _("%(label)s names a country in which it does not lie.")
        message = text % {"label": label_of(row)}
        yield Difference("altered", kind.name, str(row.uid), message)
    nowhere = rows.filter(admin_area__isnull=True, **{f"{kind.record}__isnull": True})
    for _row in range(nowhere.count()):
        yield unchecked(kind.report, _("country, as nothing else says where it lies"))
    shapeless = rows.filter(geometry__isnull=True)
    for _row in range(shapeless.count()):
        yield unchecked(kind.report, _("admin area, as the report gives no position"))


def misplaced(
    kind: Kind, model: Any, country: str, placed_on: str
) -> Iterator[Difference]:
    """Yield rows with a shape in whose admin area the shape does not lie.

    Args:
        country: Path to the key of the country of a row.
        placed_on: When its place was found; admin areas that came later say nothing.
    """
    since = kind.programme.placed_since()
    shaped = model._base_manager.filter(geometry__isnull=False).order_by("pk")
    told = shaped.values_list("pk", country, "admin_area_id", placed_on, "geometry")
    for rows in lots(told.iterator(PLACED_AT_ONCE), PLACED_AT_ONCE):
        by_country: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            if row[1] in since and row[3] <= since[row[1]]:
                yield unchecked(model, _("admin area, as areas were imported since"))
            else:
                by_country[row[1]].append(row)
        for key, some in by_country.items():
            yield from _lies_elsewhere(kind, model, key, some)


def _lies_elsewhere(
    kind: Kind, model: Any, country: int, rows: Sequence[Any]
) -> Iterator[Difference]:
    countries: Any = kind.report._meta.get_field("country").related_model
    where = countries._base_manager.get(pk=country)
    points: Any = shapely.point_on_surface(np.array([r[4] for r in rows], dtype=object))
    found = kind.programme.areas_at(where, points)
    for row, point, area in zip(rows, points, found, strict=True):
        # Of a point on a border, the database may say otherwise than the tree.
        if row[2] == area:
            continue
        asked = kind.programme.area_at(where, point)
        if row[2] != (None if asked is None else asked.pk):
            wrong = model._base_manager.get(pk=row[0])
            text = _("%(label)s does not lie in the admin area that it names.")
            yield altered(wrong, text)
