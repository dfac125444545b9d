"""How far a job is: kept in memory, published once a second by the pulse."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils import timezone

from safelane.core.errors import SafelaneError
from safelane.core.jobs.errors import JobCancelled, JobLost
from safelane.core.jobs.models import JobRun
from safelane.core.scope import Actor

__all__ = ["JobCancelled", "JobProgress", "Progress"]


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
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.done = 0
        self.total: int | None = None
        self.message = ""
        self.stop_with: SafelaneError | None = None

    @property
    def resumed(self) -> dict[str, Any]:
        """Return the last checkpoint; empty on a first run."""
        return {}

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
        """Remember what is finished, in the caller's transaction."""


class JobProgress(Progress):
    """The progress of one attempt at one job."""

    def __init__(self, job: JobRun, actor: Actor) -> None:
        super().__init__(actor)
        self.job = job
        self._resumed = dict(job.checkpoint)

    @property
    def resumed(self) -> dict[str, Any]:
        return self._resumed

    def checkpoint(self, **state: Any) -> None:
        """Save ``state`` together with the work of the open transaction.

        Raises:
            JobLost: Another worker runs the job now; the transaction must not commit.
        """
        mine = JobRun.objects.filter(
            pk=self.job.pk, attempt=self.job.attempt, status=JobRun.Status.RUNNING
        )
        saved = mine.update(checkpoint=state, done=self.done, total=self.total)
        if not saved:
            raise JobLost(f"Job {self.job.uid} was taken over at {timezone.now()}.")
        self.check()
