"""Lists: an envelope with the count and one page of items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

T = TypeVar("T")
LARGEST_PAGE = 500
DEEPEST_OFFSET = 1_000_000


class PageQuery(Schema):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=LARGEST_PAGE, description="Items on one page")
    offset: int = Field(0, ge=0, le=DEEPEST_OFFSET, description="Items to leave out")


class Page(Schema, Generic[T]):
    """One page of a list; ``count`` is the length of the whole list."""

    count: int
    items: list[T]


def page_of(
    rows: QuerySet[Any] | list[Any], query: PageQuery, show: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return one page of ``rows``, each made presentable by ``show``."""
    part = rows[query.offset : query.offset + query.limit]
    count = len(rows) if isinstance(rows, list) else rows.count()
    return {"count": count, "items": [show(row) for row in part]}
