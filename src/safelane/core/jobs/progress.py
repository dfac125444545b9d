"""How far a job is: kept in memory, published once a second by the pulse."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils import timezone

from safelane.core.errors import Conflict, NotFound, SafelaneError
from safelane.core.jobs.models import JobRun
from safelane.core.scope import Actor


class Counter(Protocol):
    """A job's progress, or a progress bar of the command line."""

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
        """Begin a part of the work; ``total`` None when it is unknown."""

    def advance(self, count: int = 1, message: str | None = None) -> None:
        """Note ``count`` more things done."""

    def check(self) -> None:
        """Raise if the work is to stop here."""


class Progress:
    """Count what is done; cheap enough to call for every row.

    Args:
        actor: Who acts in the job; hand it to actions as ``by``.
        job: Whose attempt it is; without one nothing is kept.
    """

    def __init__(self, actor: Actor, job: JobRun | None = None) -> None:
        self.actor, self.job = actor, job
        self.done = 0
        self.total: int | None = None
        self.message = ""
        self.stop_with: SafelaneError | None = None
        # The last checkpoint; empty on a first run.
        self.resumed: dict[str, Any] = dict(job.checkpoint) if job else {}

    def start(self, total: int | None, message: str = "", *, done: int = 0) -> None:
        """Begin a part of the work; ``total`` None when it is unknown."""
        self.total, self.done, self.message = total, done, message
        self.check()

    def advance(self, count: int = 1, message: str | None = None) -> None:
        """Note ``count`` more things done."""
        self.done += count
        if message is not None:
            self.message = message
        self.check()

    def check(self) -> None:
        """Stop here if the job was cancelled.

        Raises:
            JobCancelled, JobInterrupted, JobLost: The caller lets them through, so
                that its transaction is rolled back.
        """
        if self.stop_with is not None:
            raise self.stop_with

    def checkpoint(self, **state: Any) -> None:
        """Save ``state`` together with the work of the open transaction.

        Raises:
            JobLost: Another worker runs the job now; the transaction must not commit.
        """
        job = self.job
        if job is None:
            return
        if not job.running().update(checkpoint=state, done=self.done, total=self.total):
            raise JobLost(f"Job {job.uid} was taken over at {timezone.now()}.")
        self.check()


class UnknownJob(NotFound):
    """No kind of job has this name."""


class JobNotOpen(Conflict):
    """The job has ended, or runs, and does not allow this step."""


class JobCancelled(SafelaneError):
    """The person who started the job cancelled it."""

    http_status = 409


class JobInterrupted(SafelaneError):
    """The worker is shutting down; the job goes on with the next one."""

    http_status = 503


class JobLost(SafelaneError):
    """Another worker took this job over, since this one was silent for long."""

    http_status = 409
