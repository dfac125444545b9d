"""Publishing counts on fixed dates, once for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from safelane.core.counts.published import Publication, PublishedTables
from safelane.core.counts.tables import Counted
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor

Tables = dict[str, Counted]


class Pack(Protocol):
    """What fixed dates ask of a country's pack."""

    def parameter(self, key: str, on: date) -> Any: ...


def due_on(day: date, pack: Pack) -> date:
    """Return the newest fixed date of publication up to and including ``day``."""
    every = int(pack.parameter("counts_every_months", day))
    return date(day.year, day.month - (day.month - 1) % every, 1)


@transaction.atomic
def publish(
    publication: Publication,
    country: Any,
    day: date,
    tables_up_to: Callable[[Any, date], Tables | None],
    pack: Pack,
    *,
    by: Actor,
) -> PublishedTables | None:
    """Publish a country's counts for the newest fixed date; once for each date.

    Args:
        tables_up_to: Counts a country up to a day; None while too few people changed,
            and the publication before stays.

    Raises:
        NotPermitted: Only the installation itself publishes.
    """
    verb = publication.verb
    by.require(verb)
    due = due_on(day, pack)
    # The row of the country is the lock: two workers publish once.
    type(country)._default_manager.select_for_update().get(pk=country.pk)
    done = publication.model._default_manager.filter(country=country, due_on__gte=due)
    cut_off = due - timedelta(days=int(pack.parameter("counts_cut_off_days", due)))
    tables = None if done.exists() else tables_up_to(country, cut_off)
    if tables is None:
        return None
    counts = publication.model._default_manager.create(
        country=country,
        due_on=due,
        cut_off=cut_off,
        published_at=timezone.now(),
        tables={name: asdict(table) for name, table in tables.items()},
    )
    # What was counted stays out of the history: it holds the hidden numbers.
    shown = {name: asdict(replace(table, counts=())) for name, table in tables.items()}
    told, what = {"cut_off": f"{cut_off}", "tables": shown}, verb.partition(".")[0]
    record(Entry(None, verb, what, counts.pk, str(counts), None, told), by=by)
    return counts
