"""What `safelane doctor` asks a database that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import ConfigurationError, DatabaseUnavailable
from safelane.core.files.orphans import check_store
from safelane.core.health.diagnosis import FAULT, OK, WARNING, Finding
from safelane.core.health.report import (
    WORKER_SILENT_SECONDS,
    pending_migrations,
    unknown_migrations,
)
from safelane.core.history.chain import link_hash
from safelane.core.history.clock import SLACK, newest_moment
from safelane.core.history.models import ChainHead, Change
from safelane.core.jobs.heartbeats import seconds_since_last_beat
from safelane.core.protect.installation import (
    fingerprint,
    require_secret,
    wanted_secret,
)
from safelane.core.protect.keyring import lost_keys

LAST_LINKS = 100
Check = Callable[..., Iterator[Finding]]


def guarded(name: str, check: Check, *given: object) -> Iterator[Finding]:
    """Yield what a check finds; a database that fails meanwhile is a finding too."""
    try:
        yield from check(*given)
    except DatabaseError as error:
        text = " ".join(str(error).split())
        yield Finding(name, FAULT, text, "Restore the newest backup.")


def whole() -> Iterator[Finding]:
    """Check that the database is whole, as far as that can be asked of it."""
    found = damage()
    if found:
        fix = "Put a copy aside, then restore the newest backup."
        yield Finding("Integrity", FAULT, "; ".join(found), fix)
    elif page_checksums():
        yield Finding("Integrity", OK, "no damage found")
    else:
        text = "indexes are valid; the server keeps no checksums of its pages"
        fix = "Run pg_checksums --enable while it is stopped, to notice damage."
        yield Finding("Integrity", WARNING, text, fix)


def secret(is_there: bool) -> Iterator[Finding]:
    """Check that the secret is the one by which the data is sealed."""
    try:
        require_secret(is_there=is_there)
    except ConfigurationError as fault:
        text, fix = fault.message, "Take the right one from a backup."
        yield Finding("Secret of the data", FAULT, text, fix)
        return
    wanted = wanted_secret()
    if wanted and wanted != fingerprint(settings.SECRET_KEY):
        text = f"the data is still sealed with the older secret {wanted}"
        yield Finding("Secret of the data", WARNING, text, "Run `safelane reseal`.")
    else:
        yield Finding("Secret of the data", OK, wanted or "nothing is sealed yet")


def keys() -> Iterator[Finding]:
    """Check that the keys that sign are in the data folder."""
    lost = ", ".join(map(str, lost_keys()))
    fix = "Take the folder `keys` from a backup, or make a new key. `safelane audit"
    wrong = f"lost: {lost}" if lost else ""
    yield Finding.of("Keys", wrong, f"{fix} heads --new-key`.", "all there")


def migrations() -> Iterator[Finding]:
    unknown = unknown_migrations()
    if unknown:
        text = f"the database is of a newer version: {', '.join(unknown[:3])}"
        yield Finding("Migrations", FAULT, text, "Install that version.")
        return
    pending = pending_migrations()
    text = f"{len(pending)} are missing: {', '.join(pending[:3])}…" if pending else ""
    fix = "Make a backup, then run `safelane init`."
    yield Finding.of("Migrations", text, fix, "up to date")


def history() -> Iterator[Finding]:
    """Check the newest links of each chain; `safelane audit verify` checks them all."""
    broken = [head.organisation_id for head in ChainHead.objects.all() if _broken(head)]
    text = f"the newest changes of chains {broken} do not hold" if broken else ""
    well = f"the newest {LAST_LINKS} changes of each chain hold"
    yield Finding.of("History", text, "Run `safelane audit verify`.", well)


def clock() -> Iterator[Finding]:
    """Check that this machine's clock is not behind what is already known."""
    newest, now, text = newest_moment(), timezone.now(), ""
    if newest and newest > now + SLACK:
        text = (
            f"the clock says {now:%Y-%m-%d %H:%M}, and the newest change is"
            f" of {newest:%Y-%m-%d %H:%M}: moments go on from there"
        )
    fix = "Set this machine's clock right."
    yield Finding.of("Clock", text, fix, f"{now:%Y-%m-%d %H:%M} UTC")


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


MOST = 5


class DatabaseDamaged(DatabaseUnavailable):
    """The file or the tables of the database are damaged."""


def require_sound() -> None:
    """Refuse to build on a damaged database.

    Raises:
        DatabaseDamaged: Says what was found, and that nothing was done.
    """
    found = damage(quick=True)
    if found:
        message = _(
            "The database is damaged: %(first)s. Nothing was done. Put a copy of it"
            " aside, then restore the newest backup with `safelane restore`."
        )
        raise DatabaseDamaged(message % {"first": found[0]})


def damage(*, quick: bool = False) -> list[str]:
    """Return what is wrong with the database, one line each; [] when nothing is found.

    Args:
        quick: Read every page, but compare no index with its table (SQLite).
    """
    try:
        with connection.cursor() as cursor:
            return list(_CHECKS[connection.vendor](cursor, quick))[:MOST]
    except DatabaseError as error:
        return [" ".join(str(error).split())]


def _sqlite(cursor: Any, quick: bool) -> Iterator[str]:
    pragma = "quick_check" if quick else "integrity_check"
    cursor.execute(f"PRAGMA {pragma}({MOST})")
    yield from (text for (text,) in cursor.fetchall() if text != "ok")
    if quick:
        return
    cursor.execute("PRAGMA foreign_key_check")
    for table, row, parent, _number in cursor.fetchmany(MOST):
        yield f"row {row} of {table} names a row of {parent} that is not there"
    names = [n for n in connection.introspection.table_names() if n.endswith("_rtree")]
    for name in names:
        cursor.execute("SELECT rtreecheck(%s)", [name])
        (text,) = cursor.fetchone()
        if text != "ok":
            yield f"{name}: {text}"


def _postgresql(cursor: Any, quick: bool) -> Iterator[str]:
    cursor.execute(
        "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database"
        " WHERE datname = current_database()"
    )
    (failures,) = cursor.fetchone() or (0,)
    if failures:
        yield f"the server counted {failures} pages with wrong checksums"
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
    )
    for (name,) in cursor.fetchall():
        yield f"the index {name} is not valid"


_CHECKS = {"sqlite": _sqlite, "postgresql": _postgresql}


def page_checksums() -> bool:
    """Say whether the server notices damaged pages; on SQLite we read them all."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_checksums")
        return bool(cursor.fetchone()[0] == "on")
