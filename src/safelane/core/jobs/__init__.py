"""Long work with progress, cancel, retry, and resumption after a kill.

Names are loaded on first use, since models may not be imported before Django is up.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safelane.core.jobs.actions import cancel_job, retry_job, start_job
    from safelane.core.jobs.progress import JobCancelled, Progress
    from safelane.core.jobs.registry import job
    from safelane.core.jobs.worker import run_waiting_jobs

__all__ = [
    "JobCancelled",
    "Progress",
    "cancel_job",
    "job",
    "retry_job",
    "run_waiting_jobs",
    "start_job",
]

_HOMES = {
    "JobCancelled": "progress",
    "Progress": "progress",
    "cancel_job": "actions",
    "job": "registry",
    "retry_job": "actions",
    "run_waiting_jobs": "worker",
    "start_job": "actions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
