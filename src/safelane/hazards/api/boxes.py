"""Survey boxes: those that hold now or held on a past day, and one as reported."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from safelane.core.api import PROBLEMS, Page
from safelane.core.scope import Actor
from safelane.core.scope.precision import EXACTLY
from safelane.hazards.api.answers import SurveyBoxOut, show_box
from safelane.hazards.api.finds import FindQuery, listed, one
from safelane.hazards.models import SurveyBox

router = Router(tags=["finds"])
T = TypeVar("T", bound=QuerySet[Any])


class BoxQuery(FindQuery):
    """Which boxes, and at what time."""

    result: list[str] = Field([], description="Codes of the result")

    def narrow(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return the boxes asked for; results find only what is shown exactly."""
        if self.result:
            rows = rows.filter(EXACTLY, result__in=self.result)
        return _with_report(super().narrow(rows, actor))


def _with_report(rows: T) -> T:
    return rows.select_related("report").defer("report__geometry")


@router.get("/survey-boxes", response={200: Page[SurveyBoxOut], **PROBLEMS})
def list_boxes(request: HttpRequest, query: Query[BoxQuery]) -> dict[str, Any]:
    """List survey boxes, each as the newest approved report has it."""
    return listed(request, SurveyBox, query, show_box)


@router.get("/survey-boxes/{uuid:uid}", response={200: SurveyBoxOut, **PROBLEMS})
def get_box(request: HttpRequest, uid: UUID) -> Any:
    """Return one survey box as one report found it."""
    return one(request, _with_report(SurveyBox.objects.all()), uid, show_box)
