from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from safelane.core.jobs.actions import cancel_job, retry_job
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.queries import BADGES, jobs_of, state_of
from safelane.core.pages import Column, Emptiness, Listing, list_page, state, text
from safelane.core.ui.context import actor_of


def _state(job: JobRun) -> tuple[str, str, str]:
    return job.get_status_display(), *BADGES[job.status]


def _progress(job: JobRun) -> str:
    state = state_of(job)
    return f"{state.percent} %" if state.percent is not None else str(state.done or "")


LISTING = Listing(
    name="jobs",
    title=_("Jobs"),
    verb="",  # everybody sees their own
    columns=(
        text("title", _("Job"), url=lambda job: reverse("jobs:detail", args=[job.uid])),
        state("status", _("Status"), _state, order="status"),
        Column("progress", _("Progress"), _progress),
        text("owner", _("Started by")),
        text("created", _("Asked for"), order="created"),
    ),
    empty=Emptiness(
        _("No jobs yet"),
        _(
            "Imports, exports and rankings that take long appear here with their"
            " progress."
        ),
        "progress",
    ),
    order="-created",
)


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LISTING, jobs_of(actor_of(request)))


@require_safe
def job_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a job; htmx asks again every two seconds while it is open."""
    job = JobRun.objects.get_for(actor_of(request), uid=uid)
    template = "part" if request.headers.get("HX-Request") else "detail"
    return render(request, f"jobs/{template}.html", _context(job))


@require_POST
def job_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = actor_of(request)
    cancel_job(JobRun.objects.get_for(actor, uid=uid), by=actor)
    return redirect("jobs:detail", uid=uid)


@require_POST
def job_retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = actor_of(request)
    retry_job(JobRun.objects.get_for(actor, uid=uid), by=actor)
    return redirect("jobs:detail", uid=uid)


def _context(job: JobRun) -> dict[str, object]:
    links = job.result.get("links", []) if isinstance(job.result, dict) else []
    badge = BADGES[job.status]
    return {"job": job, "state": state_of(job), "links": links, "badge": badge}


app_name = "jobs"
urlpatterns = [
    path("", job_list, name="list"),
    path("<uuid:uid>/", job_detail, name="detail"),
    path("<uuid:uid>/cancel/", job_cancel, name="cancel"),
    path("<uuid:uid>/retry/", job_retry, name="retry"),
]
