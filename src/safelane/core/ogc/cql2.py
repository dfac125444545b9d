"""CQL2 text filters as conditions on rows (OGC API Features Part 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _
from lark.exceptions import LarkError
from pygeofilter import ast, values
from pygeofilter.parsers.cql2_text import parse

from safelane.core.geo import InvalidGeometry, read_bounds, read_geometry
from safelane.core.geo.lookups import constant_geometry
from safelane.core.geo.measure import split_bounds
from safelane.core.ogc.errors import BadParameter
from safelane.core.ogc.registry import Collection, CollectionField
from safelane.core.ogc.values import guarded, moment, typed

MAX_LENGTH = 4_000
GEOMETRY = "geometry"
_COMPARISONS: dict[type, tuple[str, str]] = {
    # Node: (lookup, lookup when the literal comes first).
    ast.Equal: ("exact", "exact"),
    ast.NotEqual: ("exact", "exact"),
    ast.LessThan: ("lt", "gt"),
    ast.LessEqual: ("lte", "gte"),
    ast.GreaterThan: ("gt", "lt"),
    ast.GreaterEqual: ("gte", "lte"),
}
_SPATIAL: dict[type, tuple[str, str]] = {
    ast.GeometryIntersects: ("intersects", "intersects"),
    ast.GeometryWithin: ("within", "contains"),
    ast.GeometryContains: ("contains", "within"),
}
_TEMPORAL = (ast.TimeAfter, ast.TimeBefore, ast.TimeDuring, ast.TimeEquals)


def read_filter(text: str, collection: Collection, *, exact: bool) -> Q:
    """Return the condition that a CQL2 text states.

    Comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, S_INTERSECTS, S_WITHIN,
    S_CONTAINS, T_AFTER, T_BEFORE, T_DURING, T_EQUALS and CASEI are read.

    Args:
        exact: Whether all rows may be shown exactly. If not, conditions on place and
            on hidden properties hold for exact rows only.

    Raises:
        BadParameter: It cannot be read, or names what the collection does not have.
    """
    if len(text) > MAX_LENGTH:
        raise BadParameter(
            _("The filter is longer than %(limit)s characters.") % {"limit": MAX_LENGTH}
        )
    try:
        return _Reader(collection, exact).read(parse(text))
    except LarkError as error:
        raise _unreadable(str(error).splitlines()[0]) from error
    except InvalidGeometry as error:
        raise BadParameter(error.message) from error
    except (RecursionError, ValueError, TypeError, AttributeError) as error:
        raise _unreadable(text) from error


def _unreadable(detail: object) -> BadParameter:
    return BadParameter(
        _("The filter is not CQL2 text that is understood here: %(detail)s")
        % {"detail": str(detail)[:200]}
    )


class _Reader:
    """Turn one syntax tree into one condition."""

    def __init__(self, collection: Collection, exact: bool) -> None:
        self.collection = collection
        self.exact = exact

    def read(self, node: Any) -> Q:
        for kinds, reader in _READERS:
            if isinstance(node, kinds):
                return reader(self, node)
        raise _unreadable(node)

    def both(self, node: Any) -> Q:
        return self.read(node.lhs) & self.read(node.rhs)

    def either(self, node: Any) -> Q:
        return self.read(node.lhs) | self.read(node.rhs)

    def negation(self, node: Any) -> Q:
        return ~self.read(node.sub_node)

    def comparison(self, node: Any) -> Q:
        forward, backward = _COMPARISONS[type(node)]
        left, right = node.lhs, node.rhs
        lookup = forward
        if _attribute(left) is None:
            left, right, lookup = right, left, backward
        item = self.item(left)
        if _folds_case(left) or _folds_case(right):
            if lookup != "exact":
                raise _unreadable("CASEI")
            lookup = "iexact"
            right = right.arguments[0] if _folds_case(right) else right
        condition = self.leaf(item, lookup, typed(right, item))
        # "not equal" leaves out rows without a value, as SQL and CQL2 say.
        if isinstance(node, ast.NotEqual):
            return ~condition & self.leaf(item, "isnull", False)
        return condition

    def between(self, node: Any) -> Q:
        item = self.item(node.lhs)
        span = (typed(node.low, item), typed(node.high, item))
        return self.maybe_not(node, self.leaf(item, "range", span))

    def within_list(self, node: Any) -> Q:
        item = self.item(node.lhs)
        listed = [typed(value, item) for value in node.sub_nodes]
        return self.maybe_not(node, self.leaf(item, "in", listed))

    def like(self, node: Any) -> Q:
        item = self.item(node.lhs)
        if item.type != "string":
            raise _unreadable(item.name)
        lookup = "iregex" if node.nocase or _folds_case(node.lhs) else "regex"
        return self.maybe_not(node, self.leaf(item, lookup, _regex(node.pattern)))

    def is_null(self, node: Any) -> Q:
        if _attribute(node.lhs) == GEOMETRY:
            return self.place("isnull", not node.not_)
        item = self.item(node.lhs)
        empty = self.leaf(item, "isnull", True)
        if item.type == "string":
            empty |= self.leaf(item, "exact", "")
        return self.maybe_not(node, empty)

    def spatial(self, node: Any) -> Q:
        forward, backward = _SPATIAL[type(node)]
        left, right, lookup = node.lhs, node.rhs, forward
        if _attribute(left) is None:
            left, right, lookup = right, left, backward
        if _attribute(left) != GEOMETRY:
            raise _unreadable(left)
        return self.place(lookup, constant_geometry(_shape(right)))

    def temporal(self, node: Any) -> Q:
        item, other = self.item(node.lhs), node.rhs
        if isinstance(node, ast.TimeDuring):
            start, end = _interval(other)
            condition = Q()
            if start is not None:
                condition &= self.leaf(item, "gt", typed(start, item))
            if end is not None:
                condition &= self.leaf(item, "lt", typed(end, item))
            return condition
        lookup = {ast.TimeAfter: "gt", ast.TimeBefore: "lt", ast.TimeEquals: "exact"}
        return self.leaf(item, lookup[type(node)], typed(other, item))

    def boolean(self, node: Any) -> Q:
        item = self.item(node)
        if item.type != "boolean":
            raise _unreadable(item.name)
        return self.leaf(item, "exact", True)

    def item(self, node: Any) -> CollectionField:
        name = _attribute(node)
        found = self.collection.by_name.get(name or "")
        if found is None:
            raise BadParameter(
                _("“%(name)s” is not a property to filter by.")
                % {"name": str(name or node)[:80]}
            )
        return found

    def leaf(self, item: CollectionField, lookup: str, value: Any) -> Q:
        condition = Q(**{f"{item.path}__{lookup}": value})
        return guarded(item, condition, exact=self.exact)

    def place(self, lookup: str, value: Any) -> Q:
        condition = Q(**{f"{self.collection.geometry}__{lookup}": value})
        return condition if self.exact else condition & Q(precision=0)

    @staticmethod
    def maybe_not(node: Any, condition: Q) -> Q:
        return ~condition if node.not_ else condition


_READERS: tuple[tuple[Any, Callable[[_Reader, Any], Q]], ...] = (
    (ast.And, _Reader.both),
    (ast.Or, _Reader.either),
    (ast.Not, _Reader.negation),
    (tuple(_COMPARISONS), _Reader.comparison),
    (ast.Between, _Reader.between),
    (ast.In, _Reader.within_list),
    (ast.Like, _Reader.like),
    (ast.IsNull, _Reader.is_null),
    (tuple(_SPATIAL), _Reader.spatial),
    (_TEMPORAL, _Reader.temporal),
    (ast.Attribute, _Reader.boolean),
)


def _attribute(node: Any) -> str | None:
    """Return the property that a node names, looking through CASEI."""
    if _folds_case(node):
        node = node.arguments[0]
    return str(node.name) if isinstance(node, ast.Attribute) else None


def _folds_case(node: Any) -> bool:
    return isinstance(node, ast.Function) and node.name == "lower"


def _shape(node: Any) -> Any:
    if isinstance(node, ast.Function) and node.name == "bbox":
        boxes = split_bounds(read_bounds(node.arguments))
        return shapely.union_all([shapely.box(*box) for box in boxes])
    if isinstance(node, values.Geometry):
        return read_geometry(node.geometry)
    raise _unreadable(node)


def _interval(node: Any) -> tuple[datetime | date | None, datetime | date | None]:
    if not isinstance(node, values.Interval):
        raise _unreadable(node)
    return _end(node.start, time.min), _end(node.end, time.max)


def _end(value: Any, edge: time) -> datetime | date | None:
    if value in (None, "", ".."):
        return None
    return moment(value, edge) if isinstance(value, str) else value


def _regex(pattern: str) -> str:
    r"""Return a LIKE pattern (``%``, ``_``, escaped by ``\``) as an anchored regex."""
    out, escaped = [], False
    for char in pattern:
        if char == "\\" and not escaped:
            escaped = True
            continue
        wild = {"%": ".*", "_": "."}.get(char)
        plain = char if char.isalnum() else f"\\{char}" if char.isascii() else char
        out.append(wild if wild and not escaped else plain)
        escaped = False
    return f"^{''.join(out)}$"
