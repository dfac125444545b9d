"""The worker: takes waiting jobs, and picks up those whose worker died."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.jobs import heartbeats, recurring, runner
from safelane.core.jobs.models import JobRun
from safelane.core.jobs.runner import MAX_KILLS, requeue

log = logging.getLogger("safelane.worker")
RECOVER_EVERY = 15.0


class Worker:
    """Run jobs one after another until told to stop.

    Several workers may run at once, also on several machines with PostgreSQL: each
    job is claimed by one of them.
    """

    def __init__(self, *, interval: float = 1.0) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
        self.interval = interval
        self.stopped = threading.Event()
        self._recovered = 0.0

    def run(self) -> None:
        """Work until :meth:`stop`; wait for a database that is away."""
        try:
            while not self.stopped.is_set():
                self._turn()
        finally:
            heartbeats.forget_worker(self.name)
            connection.close()

    def stop(self) -> None:
        """Stop after the present step; a running job goes back to the queue."""
        self.stopped.set()
        runner.stopping.set()

    def _turn(self) -> None:
        close_old_connections()
        heartbeats.beat_worker(self.name)
        try:
            self._recover()
            busy = self.run_one()
        except DatabaseError:
            log.exception("the database does not answer")
            busy = False
        except Exception:  # of a job whose row cannot be understood, say
            log.exception("the worker goes on after a fault")
            busy = False
        if not busy:
            self.stopped.wait(self.interval)

    def run_one(self) -> bool:
        """Run one waiting job; return False when there is none."""
        job = runner.claim_next()
        if job is not None:
            runner.execute(job)
        return job is not None

    def _recover(self) -> None:
        if time.monotonic() - self._recovered < RECOVER_EVERY and self._recovered:
            return
        self._recovered = time.monotonic()
        recover_interrupted()
        recurring.run_due()


def recover_interrupted() -> list[JobRun]:
    """Queue again every running job whose worker is gone; return them.

    A job that lost its worker three times is given up: it probably kills it.
    """
    now = timezone.now()
    found = []
    for job in JobRun.objects.filter(status=JobRun.Status.RUNNING):
        age = (now - (job.started or job.created)).total_seconds()
        if heartbeats.is_alive(job, age):
            continue
        if job.kills + 1 >= MAX_KILLS:
            _give_up(job)
        elif requeue(job, killed=True):
            log.warning("job %s goes on after its worker died", job.uid)
            found.append(job)
    return found


def _give_up(job: JobRun) -> None:
    job.running().update(
        status=JobRun.Status.FAILED,
        kills=job.kills + 1,
        finished=timezone.now(),
        error=_("The worker died three times during this job; it was given up."),
    )
    heartbeats.forget_job(job.uid)


def run_waiting_jobs() -> int:
    """Run all waiting jobs here and now, and return how many there were."""
    worker = Worker()
    count = 0
    while worker.run_one():
        count += 1
    return count
