"""Reading jobs with the progress that their workers last reported."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from safelane.core.jobs import heartbeats
from safelane.core.jobs.models import JobRun
from safelane.core.scope import Actor

BADGES = {  # tone and icon of each status
    "succeeded": ("success", "check"),
    "failed": ("danger", "alert-triangle"),
    "cancelled": ("secondary", "x"),
    "running": ("info", "progress"),
    "queued": ("secondary", "clock"),
}


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a job is now; ``percent`` is None while the total is unknown."""

    done: int
    total: int | None
    message: str
    is_cancelling: bool

    @property
    def percent(self) -> int | None:
        if not self.total:
            return None
        return min(100, int(100 * self.done / self.total))


def jobs_of(actor: Actor) -> QuerySet[JobRun]:
    """Return the jobs that ``actor`` may see, newest first."""
    return JobRun.objects.visible_to(actor).select_related("owner")


def state_of(job: JobRun) -> JobState:
    """Return the newest progress: the worker's word while it runs, else the row."""
    beat = heartbeats.read_job(job.uid) if job.status == JobRun.Status.RUNNING else None
    cancelling = job.is_open and heartbeats.cancel_requested(job.uid)
    if beat is None or beat["attempt"] != job.attempt:
        return JobState(job.done, job.total, job.message, cancelling)
    return JobState(beat["done"], beat["total"], beat["message"], cancelling)
