"""Which record a row belongs to, as far as the reader may know it."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from safelane.core.scope.actor import Actor
from safelane.core.scope.precision import EXACTLY

Rows = TypeVar("Rows", bound=QuerySet[Any])


def with_record(rows: Rows, actor: Actor, name: str) -> Rows:
    """Annotate rows with the record of their foreign key ``name``, where it is open.

    ``linked`` and ``linked_uid`` name it where the actor sees that record exactly;
    otherwise the place of the row would tell where the record lies, or the other way
    round.
    """
    records: Any = rows.model._meta.get_field(name).related_model
    seen = records._default_manager.visible_to(actor).filter(EXACTLY)
    seen = seen.filter(pk=OuterRef(name)).order_by()
    return rows.annotate(
        linked=Subquery(seen.values("reference")),
        linked_uid=Subquery(seen.values("uid")),
    )


def own_area(row: Any, name: str) -> Any:
    """Return the admin area of a report that its reader may know.

    A report without a place of its own has the area of its record: that is told where
    the record is open.

    Args:
        row: A report of :func:`with_record`, with ``admin_area``.
    """
    is_own = row.geometry is not None or getattr(row, f"{name}_id") is None
    return row.admin_area if is_own or row.linked_uid else None
