"""The one clock for what was known when: it never runs backwards."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import Max, Model
from django.utils import timezone

log = logging.getLogger(__name__)
TICK = timedelta(microseconds=1)
SLACK = timedelta(minutes=5)


def next_moment() -> datetime:
    """Return now, or just after the newest change where this machine's clock is behind.

    Approvals and changes take their time from here, inside their transaction. If the
    clock was set back, moments go on from the last one, so that what was known at a
    moment stays so; the log says it, and ``safelane doctor``.
    """
    now, newest = timezone.now(), newest_moment()
    if newest is None or now > newest:
        return now
    if newest - now > SLACK:
        log.warning(
            "the clock says %s, the newest change is of %s: moments go on from there",
            now.isoformat(timespec="seconds"),
            newest.isoformat(timespec="seconds"),
        )
    return newest + TICK


def present() -> datetime:
    """Return a moment at which everything that was ever approved is known."""
    now, newest = timezone.now(), newest_moment()
    return now if newest is None else max(now, newest)


def newest_moment() -> datetime | None:
    """Return the time of the newest change."""
    # Filters import this before the models are loaded.
    change: type[Model] = apps.get_model("history", "Change")
    times = change._default_manager.aggregate(newest=Max("server_time"))
    found: datetime | None = times["newest"]
    return found
