"""Jobs over the REST API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from safelane.core.api import PROBLEMS, Page, PageQuery, actor_of, page_of
from safelane.core.jobs.actions import cancel_job, retry_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import jobs_of, state_of

router = Router()


class JobOut(Schema):
    """A job and how far it is."""

    uid: UUID
    kind: str
    title: str
    status: str
    done: int
    total: int | None
    message: str
    attempt: int
    result: dict[str, Any]
    error: str
    created: datetime
    started: datetime | None
    finished: datetime | None


@router.get("/jobs", response={200: Page[JobOut], **PROBLEMS}, tags=["jobs"])
def list_jobs(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """List the jobs that you started, newest first."""
    actor = actor_of(request)
    actor.require("job.view")
    return page_of(jobs_of(actor), query, as_json)


@router.get("/jobs/{uuid:uid}", response={200: JobOut, **PROBLEMS}, tags=["jobs"])
def get_job(request: HttpRequest, uid: UUID) -> Any:
    """Show one job with its progress."""
    actor = actor_of(request)
    actor.require("job.view")
    return as_json(JobRun.objects.get_for(actor, uid=uid))


@router.post(
    "/jobs/{uuid:uid}/cancel", response={200: JobOut, **PROBLEMS}, tags=["jobs"]
)
def post_cancel(request: HttpRequest, uid: UUID) -> Any:
    """Cancel a job: at once when it waits, at its next step when it runs."""
    actor = actor_of(request)
    actor.require("job.view")
    return as_json(cancel_job(JobRun.objects.get_for(actor, uid=uid), by=actor))


@router.post(
    "/jobs/{uuid:uid}/retry", response={200: JobOut, **PROBLEMS}, tags=["jobs"]
)
def post_retry(request: HttpRequest, uid: UUID) -> Any:
    """Queue a failed or cancelled job again."""
    actor = actor_of(request)
    actor.require("job.view")
    return as_json(retry_job(JobRun.objects.get_for(actor, uid=uid), by=actor))


def as_json(job: JobRun) -> dict[str, Any]:
    """Return a job with the newest word of its worker."""
    state = state_of(job)
    facts = {name: getattr(job, name) for name in JobOut.model_fields}
    newest = {"done": state.done, "total": state.total, "message": state.message}
    return facts | newest
