"""What `safelane doctor` asks a database that answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from safelane.core.files.orphans import check_store
from safelane.core.health.diagnosis import FAULT, OK, WARNING, Finding
from safelane.core.health.report import WORKER_SILENT_SECONDS, pending_migrations
from safelane.core.history.chain import link_hash
from safelane.core.history.models import ChainHead, Change
from safelane.core.jobs.beats import seconds_since_last_beat

LAST_LINKS = 100
CLOCK_SLACK = timedelta(minutes=5)


def migrations() -> Iterator[Finding]:
    pending = pending_migrations()
    if pending:
        text = f"{len(pending)} are missing: {', '.join(pending[:3])}…"
        fix = "Make a backup, then run `safelane init`."
        yield Finding("Migrations", FAULT, text, fix)
    else:
        yield Finding("Migrations", OK, "up to date")


def history() -> Iterator[Finding]:
    """Check the newest links of each chain; `safelane audit verify` checks them all."""
    broken = [head.organisation_id for head in ChainHead.objects.all() if _broken(head)]
    if broken:
        text = f"the newest changes of chains {broken} do not hold"
        yield Finding("History", FAULT, text, "Run `safelane audit verify`.")
        return
    yield Finding("History", OK, f"the newest {LAST_LINKS} changes of each chain hold")
    newest = Change.objects.aggregate(Max("server_time"))["server_time__max"]
    if newest and newest > timezone.now() + CLOCK_SLACK:
        text = f"the history has a change of {newest:%Y-%m-%d %H:%M}, in the future"
        yield Finding("Clock", FAULT, text, "Set this machine's clock right.")
    else:
        yield Finding("Clock", OK, f"{timezone.now():%Y-%m-%d %H:%M} UTC")


def _broken(head: ChainHead) -> bool:
    chain = Change.objects.filter(organisation_id=head.organisation_id)
    links = list(chain.order_by("-seq")[:LAST_LINKS])
    if not links:
        return head.seq != 0
    newest = links[0]
    if (newest.seq, newest.hash) != (head.seq, head.hash):
        return True
    joined = zip(links, links[1:], strict=False)
    if any(later.previous_hash != earlier.hash for later, earlier in joined):
        return True
    return any(link_hash(link) != link.hash for link in links)


def files() -> Iterator[Finding]:
    found = check_store()
    if found.missing:
        text = f"the content of {len(found.missing)} files is gone"
        yield Finding("Files", FAULT, text, "Restore them from a backup.")
    elif found.orphans:
        text = f"{found.files} files; {len(found.orphans)} left over by interruptions"
        fix = "`safelane doctor --fix` removes those older than a day."
        yield Finding("Files", WARNING, text, fix)
    else:
        yield Finding("Files", OK, f"{found.files} files")


def worker() -> Iterator[Finding]:
    seconds = seconds_since_last_beat()
    if seconds is not None and seconds < WORKER_SILENT_SECONDS:
        yield Finding("Worker", OK, f"last seen {seconds:.0f} s ago")
    else:
        fix = "`safelane serve` runs one; or start `safelane worker`."
        yield Finding("Worker", WARNING, "none is running", fix)
