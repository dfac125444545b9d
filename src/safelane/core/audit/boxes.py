"""Are the boxes by which maps and lists find shapes those of the shapes themselves?

A shape whose box was moved is there and is found nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection, models
from django.utils.translation import gettext as _

from safelane.core.geo.fields import GeometryField, bbox_columns, bounds_of
from safelane.core.geo.rtree import has_tree, indexed_columns, wrong_in_tree
from safelane.core.history.state import Difference, label_of, lots

AT_ONCE = 10_000


def box_differences() -> Iterator[Difference]:
    """Yield each row whose box, or whose entry in the R*Tree, is not its shape's."""
    from safelane.core.backup.tables import backed_up_models

    for model in backed_up_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, GeometryField):
                yield from _named(model, _wrong_boxes(model, field.name))
        for column in indexed_columns(model):
            if connection.vendor == "sqlite" and has_tree(
                connection, model._meta.db_table, column
            ):
                yield from _named(model, wrong_in_tree(connection, model, column))


def _wrong_boxes(model: type[models.Model], name: str) -> Iterator[int]:
    rows = model._base_manager.order_by("pk")
    told = rows.values_list("pk", name, *bbox_columns(name)).iterator(AT_ONCE)
    for some in lots(told, AT_ONCE):
        keys, shapes, *sides = zip(*some, strict=True)
        held = np.array(sides, dtype=float).T  # None becomes NaN, as of no shape
        right = bounds_of(shapes)
        same = (held == right) | (np.isnan(held) & np.isnan(right))
        yield from (keys[i] for i in np.flatnonzero(~same.all(axis=1)))


def _named(model: type[models.Model], keys: Iterator[Any]) -> Iterator[Difference]:
    kind = model._meta.label_lower
    for key in keys:
        row = model._base_manager.filter(pk=key).first()
        label = f"{model._meta.verbose_name} {key}" if row is None else label_of(row)
        text = _("%(label)s: the box by which it is found is not that of its shape.")
        uid = str(getattr(row, "uid", key))
        yield Difference("altered", kind, uid, text % {"label": label})
