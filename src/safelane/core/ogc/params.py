"""The query parameters of an items request, each checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import Collection
from safelane.core.errors import InvalidInput
from safelane.core.filters.reading import NAMES, Moment
from safelane.core.geo.errors import InvalidGeometry
from safelane.core.geo.lookups import read_bounds
from safelane.core.geo.measure import Bounds
from safelane.core.ogc import crs
from safelane.core.ogc.cql2.condition import read_filter
from safelane.core.ogc.values import BadParameter, bad_value, compared, moment, typed
from safelane.core.protect.addresses import read_key

DEFAULT_LIMIT, MAX_LIMIT = 10, 10_000
ITEMS_PARAMETERS = frozenset(
    {
        "bbox", "bbox-crs", "crs", "datetime", "limit", "after", "f", "filter",
        "filter-lang", "filter-crs", "access_token",
    }
)  # fmt: skip
# GDAL knows CQL2 by the name of its draft. Without it, it sends a comparison with any
# date as "datetime", and believes that the one date meant there was the one it asked.
FILTER_LANGUAGES = ("cql2-text", "cql-text")
Interval = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What an items request asks for.

    Args:
        bbox: In CRS84; west > east crosses the antimeridian.
        interval: First and last moment, both included; None is open.
        after: Key of the last row of the page before, from a ``next`` link.
        filter: Condition from CQL2 and from properties in the query string.
        then: The two dates of which the answer tells, as the query string has them.
    """

    limit: int = DEFAULT_LIMIT
    after: int = 0
    bbox: Bounds | None = None
    interval: Interval | None = None
    crs: str = crs.CRS84
    filter: Q = field(default_factory=Q)
    then: Mapping[str, str] = field(default_factory=dict)


def read_items_query(
    query: QueryDict, collection: Collection, *, exact: bool
) -> ItemsQuery:
    """Read the parameters of ``/items``.

    Raises:
        BadParameter: One is unknown, repeated, or has an unusable value.
    """
    known = ITEMS_PARAMETERS | collection.by_name.keys()
    refuse_unknown(query, known | moment_names(collection))
    wanted = crs.checked(query.get("crs", crs.CRS84), "crs")
    return ItemsQuery(
        limit=min(_whole(query, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT),
        after=_after(query, collection),
        bbox=_bbox(query),
        interval=_interval(query.get("datetime")),
        crs=wanted,
        filter=_condition(query, collection, exact=exact),
        then=read_moment(query, collection).pairs(),
    )


def moment_names(collection: Collection) -> frozenset[str]:
    """Return the names of the two dates, where a collection knows the past."""
    return frozenset(NAMES) if collection.takes_moment else frozenset()


def read_moment(query: QueryDict, collection: Collection) -> Moment:
    """Return the two dates of which an answer tells.

    Raises:
        BadParameter: One cannot be read, or the collection knows only the present.
    """
    try:
        then = Moment.parse(query)
    except InvalidInput as error:
        raise BadParameter(error.message) from error
    if then.is_past and not collection.takes_moment:
        raise BadParameter(
            _("“%(name)s” tells only what is known now: leave as_of and known_at out.")
            % {"name": collection.name}
        )
    return then


def refuse_unknown(query: QueryDict, known: Any) -> None:
    """Raise unless every parameter is known and given once (Part 1, 7.4)."""
    for name in query:
        if name not in known:
            raise BadParameter(
                _("“%(name)s” is not a parameter of this request. Known: %(known)s.")
                % {"name": name, "known": ", ".join(sorted(known))}
            )
        if len(query.getlist(name)) > 1:
            raise BadParameter(
                _("“%(name)s” is given more than once.") % {"name": name}
            )


def _whole(query: QueryDict, name: str, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    plain = text.isascii() and text.isdigit() and len(text) <= 18
    if not plain or int(text) < least:
        raise bad_value(name, text)
    return int(text)


def _after(query: QueryDict, collection: Collection) -> int:
    text = query.get("after")
    try:
        return 0 if text is None else read_key(text, collection.name)
    except ValueError as error:
        raise bad_value("after", text) from error


def _bbox(query: QueryDict) -> Bounds | None:
    system = crs.checked(query.get("bbox-crs", crs.CRS84), "bbox-crs")
    text = query.get("bbox")
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise bad_value("bbox", text) from error
    if len(numbers) == 6:
        numbers = [numbers[i] for i in (0, 1, 3, 4)]
    if len(numbers) != 4:
        raise bad_value("bbox", text)
    west, south, east, north = numbers
    try:
        return read_bounds(crs.bounds_to_crs84((west, south, east, north), system))
    except InvalidGeometry as error:
        raise BadParameter(error.message) from error


def _interval(text: str | None) -> Interval | None:
    if text is None:
        return None
    first, slash, last = text.partition("/")
    start = None if first in ("", "..") else moment(first, time.min)
    if not slash:
        if start is None:
            raise bad_value("datetime", text)
        return start, moment(first, time.max)
    end = None if last in ("", "..") else moment(last, time.max)
    if "/" in last or (start is not None and end is not None and start > end):
        raise bad_value("datetime", text)
    return start, end


def _condition(query: QueryDict, collection: Collection, *, exact: bool) -> Q:
    if query.get("filter-lang", "cql2-text") not in FILTER_LANGUAGES:
        raise bad_value("filter-lang", query["filter-lang"])
    if crs.checked(query.get("filter-crs", crs.CRS84), "filter-crs") != crs.CRS84:
        raise bad_value("filter-crs", query["filter-crs"])
    condition = Q()
    if text := query.get("filter"):
        condition &= read_filter(text, collection, exact=exact)
    for name in query:
        if item := collection.by_name.get(name):
            value = typed(query[name], item)
            condition &= compared(item, "exact", value, exact=exact)
    return condition
