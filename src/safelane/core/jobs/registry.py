"""The kinds of jobs there are; each app registers its own in ``<app>/jobs.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from safelane.core.jobs.errors import UnknownJob

JobFunction = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A function that runs in a worker, and the title of its runs."""

    name: str
    title: str | Promise
    run: JobFunction


_kinds: dict[str, JobKind] = {}


def job(name: str, *, title: str | Promise) -> Callable[[JobFunction], JobFunction]:
    """Register ``run(progress, **params) -> result`` as a kind of job.

    Args:
        name: ``"<app>.<verb>"``; never changes once jobs of it exist.
        title: Shown when the start gives no better one.
    """

    def register(function: JobFunction) -> JobFunction:
        _kinds[name] = JobKind(name, title, function)
        return function

    return register


def find(name: str) -> JobKind:
    """Return a kind of job.

    Raises:
        UnknownJob: Nothing registered this name.
    """
    try:
        return _kinds[name]
    except KeyError as error:
        raise UnknownJob(f"No job is called “{name}”.") from error
