"""Pages of a list by the row at which they begin, not by its number.

The last page costs what the first costs, because an index leads to it, and rows that
come in meanwhile neither hide a row nor show one twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.sql.constants import INNER

from safelane.core.filters.reading import Query, text_of, unreadable
from safelane.core.protect.addresses import read_key, written_key

PAGE_ROWS = 50
LONGEST_KEY = 4000  # six characters for each letter of another alphabet than ours
Rows = QuerySet[Any] | Sequence[Any]
Key = tuple[Any, int]


@dataclass(frozen=True)
class Slice:
    """Some rows of a list, and the keys from which the pages beside it are read."""

    every: Rows
    object_list: Sequence[Any]
    before: str = ""
    after: str = ""
    start: int | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        """Return how many rows the whole list has."""
        if isinstance(self.every, QuerySet):
            return self.every.order_by().count()
        return len(self.every)

    @cached_property
    def first(self) -> int:
        """Return the number of the first row shown, counted along the whole list."""
        if self.start is not None or not self.before:
            return (self.start or 0) + 1
        order = _order_of(self.every)  # type: ignore[arg-type]
        assert order is not None, "pages by number have a start"
        key = _read(order, "before", self.before)
        assert key is not None, "what is before a row has its key"
        vendor = connections[self.every.db].vendor  # type: ignore[union-attr]
        plain = self.every.order_by().select_related(None)  # type: ignore[union-attr]
        parts = _parts(order, key, True, vendor)
        return sum(plain.filter(part).count() for part in parts) + 1

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return self.first + len(self.object_list) - 1


@dataclass(frozen=True, slots=True)
class _Order:
    """One column and the key after it, both rising or both falling.

    Args:
        path: Of the column; "pk" where the key alone gives the order.
        table: Whose keys they are.
    """

    path: str
    falling: bool
    field: Any
    table: str

    def turned(self, back: bool) -> tuple[str, str]:
        sign = "-" if self.falling != back else ""
        return f"{sign}{self.path}", f"{sign}pk"


def page_of(rows: Rows, query: Query, size: int = PAGE_ROWS) -> Slice:
    """Return the page that the address asks for by ``after`` or ``before``.

    Args:
        rows: In the order of one column and the key; others, and sequences, are read
            by the number of their first row.

    Raises:
        InvalidInput: What the address names is no key of this list.
    """
    after, before = (
        text_of(query, n, longest=LONGEST_KEY) for n in ("after", "before")
    )
    order = _order_of(rows) if isinstance(rows, QuerySet) else None
    if order is None or not isinstance(rows, QuerySet):
        return _by_number(rows, after, before, size)
    name = "after" if after else "before"
    key = _read(order, name, after or before)
    back = bool(before) and not after
    found = _taken(rows, order, key, back, size + 1)
    if not found and key is not None:  # the rows are gone: begin anew
        key, back = None, False
        found = _taken(rows, order, key, back, size + 1)
    shown, more = found[:size], len(found) > size
    if back:
        shown.reverse()
    earlier, later = (more, True) if back else (key is not None, more)
    return Slice(
        rows,
        shown,
        before=_written(order, shown[0]) if earlier and shown else "",
        after=_written(order, shown[-1]) if later and shown else "",
    )


def _order_of(rows: QuerySet[Any]) -> _Order | None:
    names = list(rows.query.order_by or rows.model._meta.ordering)
    if not names or not all(isinstance(name, str) for name in names):
        return None
    first, *rest = names
    sign = "-" if first.startswith("-") else ""
    if rest not in ([], [f"{sign}pk"]):
        return None
    field = _field_at(rows, first.removeprefix("-"))
    if field is None:
        return None
    return _Order(first.removeprefix("-"), bool(sign), field, rows.model._meta.label)


def _field_at(rows: QuerySet[Any], path: str) -> Any:
    model: Any = rows.model
    field = None
    for name in path.split(LOOKUP_SEP):
        try:
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None)
    return field


def _taken(
    rows: QuerySet[Any], order: _Order, key: Key | None, back: bool, most: int
) -> list[Any]:
    # First the keys alone: joined with other tables, SQLite leaves the index of the
    # order and sorts all rows.
    plain = rows.order_by(*order.turned(back)).select_related(None)
    keys: list[int] = []
    vendor = connections[rows.db].vendor
    if vendor == "sqlite" and LOOKUP_SEP not in order.path:
        plain = _read_in_order(plain)
    for part in [Q()] if key is None else _parts(order, key, back, vendor):
        keys += plain.filter(part).values_list("pk", flat=True)[: most - len(keys)]
        if len(keys) >= most:
            break
    known = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [known[pk] for pk in keys if pk in known]


def _read_in_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Let SQLite begin with the table of the list, and so walk the index of its order.

    It cannot know that fifty rows are enough, begins with a table that a reader's scope
    narrows, and sorts all that is found. CROSS JOIN keeps the order of tables there:
    https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join
    """
    found = rows.all()
    for alias, join in found.query.alias_map.items():
        if getattr(join, "join_type", None) == INNER:
            first: Any = join.relabeled_clone({})
            first.join_type = "CROSS JOIN"
            found.query.alias_map[alias] = first
    return found


def _parts(order: _Order, key: Key, back: bool, vendor: str) -> Iterator[Q]:
    """Yield what lies beyond the key, nearest first, each part along the index."""
    value, pk = key
    falling = order.falling != back
    sign = "lt" if falling else "gt"
    empty_last = (vendor == "sqlite") == falling  # where each database puts nothing
    empty, beyond = Q(**{f"{order.path}__isnull": True}), Q(**{f"pk__{sign}": pk})
    if value is None:
        yield empty & beyond
        if not empty_last:
            yield Q(**{f"{order.path}__isnull": False})
        return
    further = Q(**{f"{order.path}__{sign}": value})
    yield Q(**{f"{order.path}__{sign}e": value}) & (further | beyond)
    if empty_last and order.field.null:
        yield empty


def _written(order: _Order, row: Any) -> str:
    names = order.path.split(LOOKUP_SEP)
    value = None if order.path == "pk" else reduce(getattr, names, row)
    shown = [value, written_key(row.pk, order.table)]
    # Dates are written as they are read back.
    return json.dumps(shown, default=str, separators=(",", ":"))


def _read(order: _Order, name: str, text: str) -> Key | None:
    if not text:
        return None
    try:
        shown, key = json.loads(text)
        pk = read_key(key, order.table)
        value = None if shown is None else order.field.to_python(shown)
    except (ValueError, TypeError, OverflowError, ValidationError) as error:
        raise unreadable(name, text) from error
    return pk if order.path == "pk" else value, pk


def _by_number(rows: Rows, after: str, before: str, size: int) -> Slice:
    text = after or before
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise unreadable("after" if after else "before", text)
    start = int(text or 0) if not before or after else max(int(text) - size, 0)
    found = list(rows[start : start + size + 1])
    if not found and start:
        start, found = 0, list(rows[: size + 1])
    return Slice(
        rows,
        found[:size],
        before=str(start) if start else "",
        after=str(start + size) if len(found) > size else "",
        start=start,
    )
