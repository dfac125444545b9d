"""Answers about records: never finer than the row may be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, create_model

from safelane.core.api.facts import as_geojson
from safelane.core.filters import RecordFilter
from safelane.core.filters.reading import Moment, moment_of
from safelane.core.scope import Actor
from safelane.core.scope.precision import published, shown_area

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


PrecisionName = Literal["exact", "cell", "district", "none"]
PRECISION_NAMES: tuple[PrecisionName, ...] = ("exact", "cell", "district", "none")
AREAS = ("admin_area", "admin_area__parent", "admin_area__parent__parent")
OUTLINES = tuple(f"{area}__geometry" for area in AREAS)
Rows = TypeVar("Rows", bound=QuerySet[Any])
F = TypeVar("F", bound=RecordFilter)
Q = TypeVar("Q", bound=PageQuery)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the API's authentication put on the request."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


class AreaRef(Schema):
    """The admin area in which something lies."""

    uid: UUID
    level: int
    code: str
    name: str


class RecordOut(Schema):
    """A record at the precision that the reader's roles allow."""

    uid: UUID
    reference: str
    organisation: str
    country: str
    admin_area: AreaRef | None
    precision: PrecisionName = Field(description="How exactly places are shown")


def with_scope(rows: Rows, via: str = "") -> Rows:
    """Fetch organisation, country and admin areas along, without their outlines.

    Args:
        via: Path to the record whose organisation it is, such as ``"item__"``.
    """
    homes = (f"{via}organisation", f"{via}country")
    more = (f"{via}geometry",) if via else ()
    outlines = (f"{via}country__geometry", *OUTLINES, *more)
    return rows.select_related(*homes, AREAS[-1]).defer(*outlines)


def shown_values(row: Any) -> dict[str, Any]:
    """Return the published facts of a row with the geometry as GeoJSON."""
    values = published(row)
    return {**values, "geometry": as_geojson(values.get("geometry"))}


def record_answer(row: Any, record: Any = None) -> dict[str, Any]:
    """Return which record a row from ``visible_to`` is, whose, and where.

    Args:
        record: What the row is a past state of; the row itself when None.
    """
    known = record or row
    return {"reference": known.reference} | scope_answer(row, known)


def scope_answer(row: Any, record: Any = None) -> dict[str, Any]:
    """Return whose a row is, where, and how exactly it is shown."""
    home, level = record or row, int(row.precision)
    return {
        "uid": row.uid if record is None else record.uid,
        "organisation": home.organisation.short_name,
        "country": home.country.code,
        "admin_area": shown_area(row),
        "precision": PRECISION_NAMES[level],
    }


class MomentQuery(Schema):
    """A day, and a moment at which one looks back at it."""

    as_of: date | None = Field(None, description="What was true on this day")
    known_at: str = Field(
        "", max_length=40, description="... as known at this date or moment"
    )

    def then(self) -> Moment:
        """Return the two dates of which the answer tells."""
        if not self.known_at:
            return Moment(self.as_of)
        return Moment(self.as_of, moment_of(dict(self), "known_at"))


class RecordQuery(PageQuery, MomentQuery):
    """The filters of a list; the same words as on the page and in exports."""

    q: str = Field("", max_length=200, description="Words in reference or name")
    organisation: int | None = Field(None, ge=1, lt=2**63)
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3")
    area: int | None = Field(None, ge=1, lt=2**63, description="Admin area's number")
    bbox: str = Field("", max_length=200, description="west,south,east,north")
    date_from: date | None = None
    date_to: date | None = None

    def asked(self, filters: type[F]) -> F:
        """Return the filter that these words ask for."""
        return filters.parse(self.model_dump(exclude_none=True, mode="json"))


def asked_by(filters: type[RecordFilter]) -> Callable[[type[Q]], type[Q]]:
    """Add to a query the facts that a filter asks by their codes."""
    members: dict[str, Any] = {
        fact.filter: (
            list[str],
            Field([], description=f"Codes of the list {fact.codes}"),
        )
        for fact in filters.asked()
    }

    def extended(query: type[Q]) -> type[Q]:
        return create_model(
            query.__name__, __base__=query, __doc__=query.__doc__, **members
        )

    return extended
