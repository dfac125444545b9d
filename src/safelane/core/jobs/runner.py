"""Running one attempt at one job, and writing down how it ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from safelane.core import context
from safelane.core.errors import SafelaneError
from safelane.core.files.durable import (
    is_about_storage,
    is_passing,
    nothing_saved,
    too_long_away,
)
from safelane.core.jobs import heartbeats
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.progress import (
    JobCancelled,
    JobInterrupted,
    JobLost,
    Progress,
    UnknownJob,
)
from safelane.core.scope import Actor, Grant, Precision, system_actor
from safelane.core.scope.actor import common_verbs
from safelane.core.scope.basis import verb_in

log = logging.getLogger("safelane.jobs")
PULSE_SECONDS = 1.0
END_SECONDS = 60  # in which the end of a job is to be written
OWNERSHIP_EVERY = 5
MAX_KILLS = 3
stopping = threading.Event()


def claim_next() -> JobRun | None:
    """Take the job that has waited longest; None when none waits.

    Of several workers the update lets one through, and the others look again. A read
    takes no lock, so that an idle worker blocks nobody.
    """
    waiting = JobRun.objects.filter(status=JobRun.Status.QUEUED)
    while job := waiting.order_by("created", "pk").first():
        mine = waiting.filter(pk=job.pk, attempt=job.attempt)
        if mine.update(status=JobRun.Status.RUNNING, started=timezone.now()):
            job.refresh_from_db()
            return job
    return None


def execute(job: JobRun) -> None:
    """Run the attempt that this worker has claimed."""
    token = context.request_id.set(f"job-{job.uid.hex[:12]}")
    try:
        with translation.override(job.actor.get("language") or None):
            _attempt(job)
    finally:
        context.request_id.reset(token)


def _attempt(job: JobRun) -> None:
    try:
        progress = Progress(unpack(job.actor), job)
    except (LookupError, TypeError, ValueError, AttributeError):
        log.exception("the row of job %s cannot be read", job.kind)
        return _finish(job, job, JobRun.Status.FAILED, error=_unforeseen(job))
    try:
        if verb := verb_in(job.basis):
            progress.actor.require(verb)
        with _pulse(job, progress):
            kind = find(job.kind)
            kind.take_up(job)
            result = kind.run(progress, **job.params)
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
        if is_passing(error) and job.kills + 1 < MAX_KILLS:
            _write(job, progress, _queued_again(job, killed=True))
        else:
            _finish(job, progress, JobRun.Status.FAILED, error=_said(job, error))
    else:
        _finish(job, progress, JobRun.Status.SUCCEEDED, result=result or {})


def requeue(job: JobRun, *, killed: bool) -> bool:
    """Queue an interrupted job again; return False if somebody else did."""
    return bool(job.running().update(**_queued_again(job, killed=killed)))


def _queued_again(job: JobRun, *, killed: bool) -> dict[str, Any]:
    attempt, kills = job.attempt + 1, job.kills + killed
    return {"status": JobRun.Status.QUEUED, "attempt": attempt, "kills": kills}


def _said(job: JobRun, fault: Exception) -> str:
    """Return what a person is told of a fault that is none of theirs."""
    if is_about_storage(fault):
        return nothing_saved().message
    if is_passing(fault):
        return too_long_away().message
    return _unforeseen(job)


def _unforeseen(job: JobRun) -> str:
    return _(
        "This is a fault of Safelane itself. Nothing after the last finished step was"
        " saved. Tell your administrator the number %(number)s."
    ) % {"number": job.uid.hex[:12]}


def _finish(
    job: JobRun,
    progress: Progress | JobRun,
    status: JobRun.Status,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
) -> None:
    end = {"status": status, "result": result or {}, "error": error}
    if _write(job, progress, end | {"finished": timezone.now()}):
        heartbeats.forget_job(job.uid)


def _write(job: JobRun, progress: Progress | JobRun, end: dict[str, Any]) -> bool:
    """Write how an attempt ended as soon as that can be written; False: not at all."""
    seen: dict[str, Any] = {"done": progress.done, "total": progress.total}
    seen["message"] = progress.message[:300]
    for _second in range(END_SECONDS):
        if _noted(job, seen | end):
            return True
        heartbeats.beat_job(job, **seen)  # its worker has not died
        if stopping.wait(PULSE_SECONDS):
            break
    log.error("job %s is left to the next worker", job.uid)
    return False


def _noted(job: JobRun, end: dict[str, Any]) -> bool:
    """Write how a job ended; False where the disk is full or the database away."""
    try:
        job.running().update(**end)
    except (OperationalError, InterfaceError):
        log.exception("the end of job %s is not written yet", job.uid)
        connection.close_if_unusable_or_obsolete()
        return False
    return True


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
        job, done=progress.done, total=progress.total, message=progress.message[:300]
    )
    if heartbeats.cancel_requested(job.uid):
        progress.stop_with = JobCancelled(_("Cancelled."))
    elif stopping.is_set():
        progress.stop_with = JobInterrupted(_("The worker is shutting down."))


def _check_ownership(job: JobRun, progress: Progress) -> None:
    database: Any = connection
    if database.vendor == "sqlite" and database.is_in_memory_db():
        return  # a test's database, which belongs to one thread
    try:
        is_mine = job.running().exists()
    except (DatabaseError, InterfaceError):  # away: asked again in a moment
        connection.close_if_unusable_or_obsolete()
        return
    if not is_mine:
        progress.stop_with = JobLost(f"Job {job.uid} was taken over.")


JobFunction = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A function that runs in a worker, and the title of its runs.

    Before each run, and before a retry is queued, ``take_up`` lets the job go on with
    what it is about, or raises.
    """

    name: str
    title: str | Promise
    run: JobFunction
    take_up: Callable[[JobRun], None]


_kinds: dict[str, JobKind] = {}


def job(
    name: str,
    *,
    title: str | Promise,
    take_up: Callable[[JobRun], None] = lambda job: None,
) -> Callable[[JobFunction], JobFunction]:
    """Register ``run(progress, **params) -> result`` as a kind of job.

    Args:
        name: ``"<app>.<verb>"``; never changes once jobs of it exist.
        title: Shown when the start gives no better one.
        take_up: Raises where what the job is about has gone on without it.
    """

    def register(function: JobFunction) -> JobFunction:
        _kinds[name] = JobKind(name, title, function, take_up)
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


Resolver = Callable[[int], Actor]
_resolvers: list[Resolver] = []


def resolve_with(resolver: Resolver) -> None:
    """Set how an account's id becomes its actor of today; done once at start-up."""
    _resolvers[:] = [resolver]


def pack(actor: Actor) -> dict[str, Any]:
    """Return what an actor may do, as JSON."""
    return {
        "kind": actor.kind,
        "user_id": actor.user_id,
        "name": actor.name,
        "language": actor.language,
        "grants": [asdict(g) | {"verbs": sorted(g.verbs)} for g in actor.grants],
    }


def unpack(stored: dict[str, Any]) -> Actor:
    """Return the actor for a run: what the stored grants and those of today share."""
    if stored["kind"] == "system":
        return system_actor(stored["name"])
    if stored["user_id"] is None or not _resolvers:
        return Actor(kind=stored["kind"], name=stored["name"])
    today = _resolvers[0](stored["user_id"])
    then = [_unpack_grant(grant) for grant in stored["grants"]]
    both = [_shared(new, old) for new in today.grants for old in then]
    grants = tuple(grant for grant in both if grant is not None)
    return replace(today, kind=stored["kind"], grants=grants)


def _shared(new: Grant, old: Grant) -> Grant | None:
    """Return what two grants of the same rows both allow, at the coarser precision."""
    verbs = common_verbs(new.verbs, old.verbs)
    same = replace(new, verbs=old.verbs, precision=old.precision) == old
    if not verbs or not same:
        return None
    names = {name for grant in (new, old) for name, _level in grant.precision}
    precision = ((n, max(new.precision_of(n), old.precision_of(n))) for n in names)
    return replace(new, verbs=verbs, precision=tuple(sorted(precision)))


def _unpack_grant(stored: dict[str, Any]) -> Grant:
    precision = tuple((name, Precision(level)) for name, level in stored["precision"])
    return Grant(
        **{**stored, "verbs": frozenset(stored["verbs"]), "precision": precision}
    )
