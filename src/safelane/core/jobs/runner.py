"""Running one attempt at one job, and writing down how it ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from safelane.core import context
from safelane.core.errors import SafelaneError
from safelane.core.files.durable import is_about_storage, nothing_saved
from safelane.core.jobs import heartbeats
from safelane.core.jobs.actions import requeue
from safelane.core.jobs.actors import unpack
from safelane.core.jobs.errors import JobCancelled, JobInterrupted, JobLost
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import Progress
from safelane.core.jobs.registry import find
from safelane.core.scope.basis import verb_in

log = logging.getLogger("safelane.jobs")
PULSE_SECONDS = 1.0
OWNERSHIP_EVERY = 5
stopping = threading.Event()


@task()
def execute(job_id: int, attempt: int) -> None:
    """Run an attempt unless it was cancelled, retried or taken over meanwhile."""
    job = _claim(job_id, attempt)
    if job is None:
        return
    token = context.request_id.set(f"job-{job.uid.hex[:12]}")
    try:
        with translation.override(job.actor.get("language") or None):
            _attempt(job)
    finally:
        context.request_id.reset(token)


def _claim(job_id: int, attempt: int) -> JobRun | None:
    waiting = JobRun.objects.filter(
        pk=job_id, attempt=attempt, status=JobRun.Status.QUEUED
    )
    now = timezone.now()
    if not waiting.update(status=JobRun.Status.RUNNING, started=now):
        return None
    return JobRun.objects.get(pk=job_id)


def _attempt(job: JobRun) -> None:
    progress = Progress(unpack(job.actor), job)
    try:
        if verb := verb_in(job.basis):
            progress.actor.require(verb)
        with _pulse(job, progress):
            result = find(job.kind).run(progress, **job.params)
    except JobCancelled:
        _finish(job, progress, JobRun.Status.CANCELLED)
    except JobInterrupted:
        requeue(job, killed=False)
    except JobLost as error:
        log.warning("%s", error)
    except SafelaneError as error:
        log.info("job %s failed: %s", job.kind, type(error).__name__)
        _finish(job, progress, JobRun.Status.FAILED, error=error.message)
    except Exception as error:
        log.exception("job %s failed", job.kind)
        about = nothing_saved().message if is_about_storage(error) else ""
        _finish(job, progress, JobRun.Status.FAILED, error=about or _unforeseen(job))
    else:
        _finish(job, progress, JobRun.Status.SUCCEEDED, result=result or {})


def _unforeseen(job: JobRun) -> str:
    return _(
        "This is a fault of Safelane itself. Nothing after the last finished step was"
        " saved. Tell your administrator the number %(number)s."
    ) % {"number": job.uid.hex[:12]}


def _finish(
    job: JobRun,
    progress: Progress,
    status: JobRun.Status,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
) -> None:
    job.running().update(
        status=status,
        result=result or {},
        error=error,
        done=progress.done,
        total=progress.total,
        message=progress.message[:300],
        finished=timezone.now(),
    )
    heartbeats.forget_job(job.uid)


@contextmanager
def _pulse(job: JobRun, progress: Progress) -> Iterator[None]:
    """Publish progress and listen for cancelling while the job runs."""
    ended = threading.Event()
    _beat(job, progress)
    thread = threading.Thread(
        target=_keep_beating, args=(job, progress, ended), name="pulse", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=10)


def _keep_beating(job: JobRun, progress: Progress, ended: threading.Event) -> None:
    count = 0
    try:
        while not ended.wait(PULSE_SECONDS):
            count += 1
            _beat(job, progress)
            if count % OWNERSHIP_EVERY == 0:
                _check_ownership(job, progress)
    finally:
        connection.close()


def _beat(job: JobRun, progress: Progress) -> None:
    heartbeats.beat_job(
        job,
        done=progress.done,
        total=progress.total,
        message=progress.message[:300],
    )
    if heartbeats.cancel_requested(job.uid):
        progress.stop_with = JobCancelled(_("Cancelled."))
    elif stopping.is_set():
        progress.stop_with = JobInterrupted(_("The worker is shutting down."))


def _check_ownership(job: JobRun, progress: Progress) -> None:
    database: Any = connection
    if database.vendor == "sqlite" and database.is_in_memory_db():
        return  # a test's database, which belongs to one thread
    if not job.running().exists():
        progress.stop_with = JobLost(f"Job {job.uid} was taken over.")
