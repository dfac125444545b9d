"""Publishing counts of victims on fixed dates."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from safelane.accidents.counts import tables_up_to
from safelane.accidents.models import PublishedCounts, Victim
from safelane.core.history.actions import Entry, record
from safelane.core.scope import Actor, system_actor
from safelane.countries import CountryPack
from safelane.organisations.models import Country
from safelane.organisations.packs import pack_of


def due_on(day: date, pack: CountryPack) -> date:
    """Return the newest fixed date of publication up to and including ``day``."""
    every = int(pack.parameter("counts_every_months", day))
    return date(day.year, day.month - (day.month - 1) % every, 1)


def publish_due(now: datetime) -> list[PublishedCounts]:
    """Publish the counts of each country whose fixed date has come.

    A country of which no victim is known publishes nothing.
    """
    by = system_actor()
    countries = Country.objects.filter(pk__in=Victim.objects.values("country"))
    found = [publish_counts(c, timezone.localdate(now), by=by) for c in countries]
    return [counts for counts in found if counts is not None]


@transaction.atomic
def publish_counts(country: Country, day: date, *, by: Actor) -> PublishedCounts | None:
    """Publish a country's counts for the newest fixed date; once for each date.

    While too few people changed, the publication before stays: see ``tables_up_to``.

    Raises:
        NotPermitted: Only the installation itself publishes.
    """
    by.require("statistics.publish")
    pack = pack_of(country)
    due = due_on(day, pack)
    # The row of the country is the lock: two workers publish once.
    Country.objects.select_for_update().get(pk=country.pk)
    if PublishedCounts.objects.filter(country=country, due_on__gte=due).exists():
        return None
    cut_off = due - timedelta(days=int(pack.parameter("counts_cut_off_days", due)))
    tables = tables_up_to(country, cut_off)
    if tables is None:
        return None
    counts = PublishedCounts.objects.create(
        country=country,
        due_on=due,
        cut_off=cut_off,
        published_at=timezone.now(),
        tables={name: asdict(table) for name, table in tables.items()},
    )
    # What was counted stays out of the history: it holds the hidden numbers.
    shown = {name: asdict(replace(table, counts=())) for name, table in tables.items()}
    entry = Entry(
        None,
        "statistics.publish",
        "statistics",
        counts.pk,
        str(counts),
        None,
        {"cut_off": f"{cut_off}", "tables": shown},
    )
    record(entry, by=by)
    return counts
