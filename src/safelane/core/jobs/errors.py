"""Faults of jobs."""

from __future__ import annotations

from safelane.core.errors import Conflict, NotFound, SafelaneError


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
