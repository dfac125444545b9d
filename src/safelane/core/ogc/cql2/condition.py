"""CQL2 text filters as conditions on rows (OGC API Features Part 3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from safelane.core.collections.catalogue import Collection, CollectionField
from safelane.core.geo.errors import InvalidGeometry
from safelane.core.geo.lookups import constant_geometry, read_bounds
from safelane.core.geo.measure import split_bounds
from safelane.core.geo.values import check_storable
from safelane.core.ogc.cql2.lookups import LONGEST, plain_pattern
from safelane.core.ogc.cql2.text import (
    SPATIAL,
    TEMPORAL,
    Folded,
    Interval,
    Node,
    Property,
    SyntaxFault,
    parse,
)
from safelane.core.ogc.values import BadParameter, compared, typed
from safelane.core.scope.precision import shown_placeless, shown_relates

MAX_LENGTH = 4_000
MAX_WILDCARDS = 6
MAX_CONDITIONS = 100
GEOMETRY = "geometry"
_COMPARISONS = {"=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SPATIAL = {
    "S_INTERSECTS": "intersects",
    "S_WITHIN": "within",
    "S_CONTAINS": "contains",
}
_SPATIAL_TURNED = {"S_WITHIN": "S_CONTAINS", "S_CONTAINS": "S_WITHIN"}
_TEMPORAL = {"T_AFTER": "gt", "T_BEFORE": "lt", "T_EQUALS": "exact"}


def read_filter(text: str, collection: Collection, *, exact: bool) -> Q:
    """Return the condition that a CQL2 text states.

    Args:
        exact: Whether all rows may be shown exactly. If not, a row is compared by
            what is shown of it.

    Raises:
        BadParameter: It cannot be read, or names what the collection does not have.
    """
    if len(text) > MAX_LENGTH:
        raise BadParameter(
            _("The filter is longer than %(limit)s characters.") % {"limit": MAX_LENGTH}
        )
    try:
        return _Reader(collection, exact).read(parse(text))
    except SyntaxFault as error:
        raise _unreadable(error) from error
    except InvalidGeometry as error:
        raise BadParameter(error.message) from error


def _unreadable(detail: object) -> BadParameter:
    return BadParameter(
        _("The filter is not CQL2 text that is understood here, at “%(detail)s”.")
        % {"detail": str(detail)[:200]}
    )


class _Reader:
    """Turn one syntax tree into one condition."""

    def __init__(self, collection: Collection, exact: bool) -> None:
        self.collection = collection
        self.exact = exact
        self.conditions = 0

    def read(self, node: Node, is_so: bool = True) -> Q:
        """Return where a node is true, or where it is false.

        SQL and CQL2: of rows without a value it is neither, and so is its contrary.
        """
        name, parts = node.operator, node.arguments
        if name == "NOT":
            return self.read(parts[0], not is_so)
        if name in ("AND", "OR"):
            joined = and_ if (name == "AND") == is_so else or_
            return reduce(joined, (self.read(part, is_so) for part in parts))
        if name == "TRUE" and isinstance(parts[0], bool):
            return Q() if parts[0] == is_so else Q(pk__in=())
        found = _READERS[name](self, node)
        found = found if is_so else ~found
        return found if name == "NULL" else found & ~self._unknown(node)

    def _unknown(self, node: Node) -> Q:
        """Return the rows that hold nothing of what a condition is about."""
        if node.operator in SPATIAL:
            return self.placeless()
        (named,) = (part for part in node.arguments if isinstance(part, Property))
        return self._empty(self.item(named))

    def _empty(self, item: CollectionField) -> Q:
        empty = compared(item, "isnull", True, exact=self.exact)
        if item.is_text:
            empty |= compared(item, "exact", "", exact=self.exact)
        return empty

    def comparison(self, node: Node) -> Q:
        left, right = node.arguments
        sign = node.operator
        if not isinstance(left, Property):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        item = self.item(left)
        if sign == "<>":
            return ~self._compared(left, item, "=", right)
        return self._compared(left, item, sign, right)

    def _compared(
        self, left: Property, item: CollectionField, sign: str, right: Any
    ) -> Q:
        if left.folded or isinstance(right, Folded):
            if sign != "=" or not item.is_text:
                raise _unreadable(f"CASEI({item.name})")
            text = right.text if isinstance(right, Folded) else right
            return self.leaf(item, "iexact", typed(text, item))
        return self.leaf(item, _COMPARISONS[sign], typed(right, item))

    def between(self, node: Node) -> Q:
        left, low, high = node.arguments
        item = self.item(left)
        return self.leaf(item, "range", (typed(low, item), typed(high, item)))

    def one_of(self, node: Node) -> Q:
        left, listed = node.arguments
        item = self.item(left)
        if left.folded or any(isinstance(value, Folded) for value in listed):
            parts = [self._compared(left, item, "=", value) for value in listed]
            return reduce(or_, parts)
        return self.leaf(item, "in", [typed(value, item) for value in listed])

    def like(self, node: Node) -> Q:
        left, pattern = node.arguments
        item = self.item(left)
        folded = left.folded or isinstance(pattern, Folded)
        text = pattern.text if isinstance(pattern, Folded) else pattern
        if not item.is_text or not isinstance(text, str):
            raise _unreadable(item.name)
        return self.leaf(item, "ilike" if folded else "like", _checked_pattern(text))

    def is_null(self, node: Node) -> Q:
        left = node.arguments[0]
        if isinstance(left, Property) and left.name == GEOMETRY:
            return self.placeless()
        self._count()
        return self._empty(self.item(left))

    def spatial(self, node: Node) -> Q:
        left, right = node.arguments
        name = node.operator
        if not isinstance(left, Property):
            left, right, name = right, left, _SPATIAL_TURNED.get(name, name)
        if not isinstance(left, Property) or left.name != GEOMETRY:
            raise _unreadable(node.operator)
        shape = constant_geometry(_shape(right))
        if name == "S_DISJOINT":
            return ~self.place("intersects", shape)
        return self.place(_SPATIAL[name], shape)

    def temporal(self, node: Node) -> Q:
        left, right = node.arguments
        item = self.item(left)
        if item.type not in ("date", "date-time"):
            raise _unreadable(item.name)
        if not isinstance(right, Interval):
            name = "T_EQUALS" if node.operator == "T_INTERSECTS" else node.operator
            if name not in _TEMPORAL:
                raise _unreadable(node.operator)
            return self.leaf(item, _TEMPORAL[name], typed(right, item))
        within = {"T_DURING": ("gt", "lt"), "T_INTERSECTS": ("gte", "lte")}
        if node.operator not in within:
            raise _unreadable(node.operator)
        condition = self.leaf(item, "isnull", False)
        for lookup, end in zip(within[node.operator], right, strict=True):
            if end is not None:
                condition &= self.leaf(item, lookup, typed(end, item))
        return condition

    def boolean(self, node: Node) -> Q:
        item = self.item(node.arguments[0])
        if item.type != "boolean":
            raise _unreadable(item.name)
        return self.leaf(item, "exact", True)

    def item(self, named: Any) -> CollectionField:
        name = named.name if isinstance(named, Property) else str(named)
        found = self.collection.by_name.get(name)
        if found is None or not isinstance(named, Property):
            raise BadParameter(
                _("“%(name)s” is not a property to filter by.") % {"name": name[:80]}
            )
        return found

    def _count(self) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise BadParameter(
                _("The filter has more than %(limit)s conditions.")
                % {"limit": MAX_CONDITIONS}
            )

    def leaf(self, item: CollectionField, lookup: str, value: Any) -> Q:
        self._count()
        return compared(item, lookup, value, exact=self.exact)

    def placeless(self) -> Q:
        return Q(geometry__isnull=True) if self.exact else shown_placeless()

    def place(self, lookup: str, shape: BaseGeometry) -> Q:
        self._count()
        if self.exact:
            return Q(**{f"{GEOMETRY}__{lookup}": shape})
        return shown_relates(lookup, shape)


_READERS: dict[str, Callable[[_Reader, Node], Q]] = {
    "BETWEEN": _Reader.between,
    "IN": _Reader.one_of,
    "LIKE": _Reader.like,
    "NULL": _Reader.is_null,
    "TRUE": _Reader.boolean,
    **dict.fromkeys([*_COMPARISONS, "<>"], _Reader.comparison),
    **dict.fromkeys(SPATIAL, _Reader.spatial),
    **dict.fromkeys(TEMPORAL, _Reader.temporal),
}


def _shape(value: Any) -> Any:
    if isinstance(value, tuple) and not isinstance(value, Property | Folded):
        boxes = split_bounds(read_bounds(value))
        return shapely.union_all([shapely.box(*box) for box in boxes])
    if isinstance(value, BaseGeometry):
        return check_storable(value)
    raise _unreadable(value)


def _checked_pattern(pattern: str) -> str:
    r"""Return a LIKE pattern (``%``, ``_``, escaped by ``\``) that can be afforded.

    Raises:
        BadParameter: It is too long, or has too many wildcards.
    """
    if len(pattern) > LONGEST or pattern.count("%") > MAX_WILDCARDS:
        raise BadParameter(
            _("A pattern has at most %(length)s characters and %(wild)s “%%”.")
            % {"length": LONGEST, "wild": MAX_WILDCARDS}
        )
    if "\x00" in pattern:
        raise _unreadable(pattern)
    return plain_pattern(pattern)
