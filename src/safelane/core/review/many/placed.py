"""Comparing where very many rows are said to lie with their shapes and reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from django.db.models import F, Q
from django.utils.translation import gettext as _

from safelane.core.history.state import Difference, label_of, lots, unchecked
from safelane.core.review.kind import ReportKind

PLACED_AT_ONCE = 10_000
WHOSE = ("organisation_id", "country_id", "admin_area_id")
Kind = ReportKind[Any, Any]


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
                yield _unlike(row, getattr(row, report), wrong)


def _unlike(row: Any, report: Any, columns: Sequence[str]) -> Difference:
    names = [column.removesuffix("_id").replace("_", " ") for column in columns]
    text = _("%(label)s of report %(report)s is not what that report says: %(names)s.")
    said = {"label": label_of(row), "report": report, "names": ", ".join(names)}
    return Difference("altered", row._meta.label_lower, str(row.uid), text % said)


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
        if row[2] != area and row[2] != _key(kind.programme.area_at(where, point)):
            wrong = model._base_manager.get(pk=row[0])
            text = _("%(label)s does not lie in the admin area that it names.")
            yield Difference(
                "altered",
                model._meta.label_lower,
                str(getattr(wrong, "uid", wrong.pk)),
                text % {"label": label_of(wrong)},
            )


def _key(row: Any) -> int | None:
    return None if row is None else int(row.pk)
