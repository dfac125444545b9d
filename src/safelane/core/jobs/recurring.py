"""Work that nobody asks for in person: done again and again by whichever worker is up.

The last run is a row, so that of several workers one does it; a worker that dies
meanwhile leaves it to the next turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from safelane.core.domain import house
from safelane.core.errors import SafelaneError
from safelane.core.jobs.models import RecurringRun

log = logging.getLogger("safelane.worker")


@dataclass(frozen=True, slots=True)
class Recurring:
    """One piece of recurring work.

    Args:
        name: ``"<app>.<verb>"``; never changes, it names the row of the last run.
        every: Shortest time between two beginnings.
        run: Does what is due at the moment given; called in no transaction, and
            harmless when called twice.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def run_due(now: datetime | None = None) -> list[str]:
    """Do what is due and no other worker has begun; return the names.

    A piece that fails is written into the log and its row, and tried again when it is
    due again; the others go on.
    """
    moment = now or timezone.now()
    return [work.name for work in house().recurring if _claim_and_run(work, moment)]


def _claim_and_run(work: Recurring, now: datetime) -> bool:
    if not _claim(work, now):
        return False
    error = ""
    try:
        work.run(now)
    except SafelaneError as fault:
        error = fault.message
        log.error("recurring work %s failed: %s", work.name, error)
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"
        log.exception("recurring work %s failed", work.name)
    RecurringRun.objects.filter(name=work.name).update(
        ended=timezone.now(), error=error
    )
    return True


def _claim(work: Recurring, now: datetime) -> bool:
    """Begin it, if it is due: of several workers the update lets one through."""
    rows = RecurringRun.objects.filter(name=work.name)
    last = rows.values_list("begun", flat=True).first()
    if last is None:
        try:
            with transaction.atomic():
                RecurringRun.objects.create(name=work.name, begun=now)
        except IntegrityError:
            return False
        return True
    # Begun by a clock that was ahead, it would wait until that day.
    if abs(now - last) < work.every:
        return False
    return bool(rows.filter(begun=last).update(begun=now, ended=None, error=""))
