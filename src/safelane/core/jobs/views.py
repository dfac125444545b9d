from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from safelane.core.jobs.actions import cancel_job, retry_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import job_for, jobs_of, state_of
from safelane.core.ui.context import actor_of

PER_PAGE = 25


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    paginator = Paginator(jobs_of(actor_of(request)), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    rows = [(job, state_of(job)) for job in page]
    return render(request, "jobs/list.html", {"page": page, "rows": rows})


@require_safe
def job_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a job; htmx asks again every two seconds while it is open."""
    job = job_for(actor_of(request), uid)
    template = "part" if request.headers.get("HX-Request") else "detail"
    return render(request, f"jobs/{template}.html", _context(job))


@require_POST
def job_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = actor_of(request)
    cancel_job(job_for(actor, uid), by=actor)
    return redirect("jobs:detail", uid=uid)


@require_POST
def job_retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = actor_of(request)
    retry_job(job_for(actor, uid), by=actor)
    return redirect("jobs:detail", uid=uid)


def _context(job: JobRun) -> dict[str, object]:
    links = job.result.get("links", []) if isinstance(job.result, dict) else []
    return {"job": job, "state": state_of(job), "links": links}


app_name = "jobs"
urlpatterns = [
    path("", job_list, name="list"),
    path("<uuid:uid>/", job_detail, name="detail"),
    path("<uuid:uid>/cancel/", job_cancel, name="cancel"),
    path("<uuid:uid>/retry/", job_retry, name="retry"),
]
