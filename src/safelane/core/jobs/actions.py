"""Starting, cancelling and retrying jobs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import NotFound
from safelane.core.jobs import heartbeats
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import JobNotOpen
from safelane.core.jobs.runner import find, pack
from safelane.core.scope import Actor
from safelane.core.scope.basis import basis_of, verb_in


@transaction.atomic
def start_job(
    kind: str, params: dict[str, Any], *, verb: str, title: str = "", by: Actor
) -> JobRun:
    """Queue a job for the next free worker.

    Args:
        params: JSON-serialisable arguments of the job's function.
        verb: What a role must allow to start it, and later to see it and to run it.

    Raises:
        UnknownJob: No job has this name.
        SignInNeeded, NotPermitted: No role allows ``verb``.
    """
    by.require(verb)
    return JobRun.objects.create(
        kind=kind,
        title=(title or str(find(kind).title))[:200],
        owner_id=by.user_id,
        actor=pack(by),
        basis=basis_of(by, verb),
        params=params,
    )


@transaction.atomic
def cancel_job(job: JobRun, *, by: Actor) -> JobRun:
    """Cancel a waiting job at once, and a running one at its next step.

    Raises:
        JobNotOpen: It has ended already.
    """
    _require_mine(job, by)
    waiting = JobRun.objects.filter(pk=job.pk, status=JobRun.Status.QUEUED)
    now = timezone.now()
    if not waiting.update(status=JobRun.Status.CANCELLED, finished=now):
        job.refresh_from_db()
        if not job.is_open:
            raise JobNotOpen(_("This job has ended already."))
        heartbeats.request_cancel(job.uid)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry_job(job: JobRun, *, by: Actor) -> JobRun:
    """Queue a failed or cancelled job again, from its last checkpoint.

    The new attempt runs with what ``by`` may do now, and is theirs from then on.

    Raises:
        JobNotOpen: It has not failed.
        NotPermitted: ``by`` could not have started it.
        Conflict: What it is about has gone on without it.
    """
    _require_mine(job, by)
    verb = verb_in(job.basis)
    if verb:
        by.require(verb)
    ended = JobRun.objects.filter(
        pk=job.pk, status__in=(JobRun.Status.FAILED, JobRun.Status.CANCELLED)
    )
    changed = ended.update(
        status=JobRun.Status.QUEUED,
        attempt=job.attempt + 1,
        kills=0,
        owner_id=by.user_id,
        actor=pack(by),
        basis=basis_of(by, verb) if verb else "",
        error="",
        finished=None,
    )
    if not changed:
        raise JobNotOpen(_("Only a job that failed or was cancelled can be retried."))
    find(job.kind).take_up(job)
    heartbeats.forget_job(job.uid)
    job.refresh_from_db()
    return job


def _require_mine(job: JobRun, by: Actor) -> None:
    if not JobRun.objects.editable_by(by).filter(pk=job.pk).exists():
        raise NotFound(_("No such job here, or somebody else started it."))
