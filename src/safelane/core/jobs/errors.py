"""Faults of jobs."""

from __future__ import annotations

from safelane.core.errors import Conflict, NotFound, SafelaneError


class UnknownJob(NotFound):
    """No kind of job has this name."""

    code = "unknown-job"


class JobNotOpen(Conflict):
    """The job has ended, or runs, and does not allow this step."""

    code = "job-not-open"


class JobCancelled(SafelaneError):
    """The person who started the job cancelled it."""

    http_status = 409
    code = "job-cancelled"


class JobInterrupted(SafelaneError):
    """The worker is shutting down; the job goes on with the next one."""

    http_status = 503
    code = "job-interrupted"


class JobLost(SafelaneError):
    """Another worker took this job over, since this one was silent for long."""

    http_status = 409
    code = "job-lost"
