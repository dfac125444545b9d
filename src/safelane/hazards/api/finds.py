"""Evidence and ordnance found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from safelane.core.api import PROBLEMS, Page, PageQuery, actor_of, page_of
from safelane.core.api.records import MomentQuery, with_scope
from safelane.core.scope import Actor
from safelane.core.scope.precision import EXACTLY, shown_meets, with_record
from safelane.hazards.api.answers import EvidenceOut, OrdnanceOut, show_find
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import Evidence, OrdnanceFound
from safelane.hazards.queries import finds

router = Router(tags=["finds"])
Show = Callable[[Any], dict[str, Any]]
T = TypeVar("T", bound=QuerySet[Any])


def with_finds_scope(rows: T, actor: Actor) -> T:
    return with_record(with_scope(rows), actor, "hazard")


class FindQuery(PageQuery, MomentQuery):
    """Which finds, and at what time."""

    hazard: UUID | None = None
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3")
    bbox: str = Field("", max_length=200, description="west,south,east,north")

    def narrow(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return the finds asked for; boxes tell no more than each row's precision."""
        filters = HazardFilter.parse({"bbox": self.bbox, "country": self.country})
        rows = with_finds_scope(rows, actor)
        if self.hazard is not None:
            rows = rows.filter(EXACTLY, linked_uid=self.hazard)
        if filters.country:
            rows = rows.filter(country__code=filters.country.upper())
        if filters.bbox is not None:
            rows = rows.filter(shown_meets(filters.bbox))
        return rows


def listed(
    request: HttpRequest, model: Any, query: FindQuery, show: Show
) -> dict[str, Any]:
    """Return what was found, now or as known then, as far as the query wants it."""
    actor = _reader(request, model)
    rows = query.narrow(finds(model, actor, query.then()), actor)
    return page_of(rows, query, show)


def one(request: HttpRequest, rows: QuerySet[Any], uid: UUID, show: Show) -> Any:
    """Return one row by its identifier."""
    actor = _reader(request, rows.model)
    return show(with_finds_scope(rows, actor).get_for(actor, uid=uid))  # type: ignore[attr-defined]


def _reader(request: HttpRequest, model: Any) -> Actor:
    actor = actor_of(request)
    actor.require(f"{model.policy.data_class}.view")
    return actor


@router.get("/evidence", response={200: Page[EvidenceOut], **PROBLEMS})
def list_evidence(request: HttpRequest, query: Query[FindQuery]) -> dict[str, Any]:
    """List direct and indirect evidence, now or as known then."""
    return listed(request, Evidence, query, show_find)


@router.get("/evidence/{uuid:uid}", response={200: EvidenceOut, **PROBLEMS})
def get_evidence(request: HttpRequest, uid: UUID) -> Any:
    """Return one piece of evidence."""
    return one(request, Evidence.objects.all(), uid, show_find)


@router.get("/ordnance", response={200: Page[OrdnanceOut], **PROBLEMS})
def list_ordnance(request: HttpRequest, query: Query[FindQuery]) -> dict[str, Any]:
    """List explosive ordnance found: identification and reporting facts only."""
    return listed(request, OrdnanceFound, query, show_find)


@router.get("/ordnance/{uuid:uid}", response={200: OrdnanceOut, **PROBLEMS})
def get_ordnance(request: HttpRequest, uid: UUID) -> Any:
    """Return one find of ordnance."""
    return one(request, OrdnanceFound.objects.all(), uid, show_find)
