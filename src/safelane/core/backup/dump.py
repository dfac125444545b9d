"""Writing a backup from one consistent view of the database, while others work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

import safelane
from safelane.core.backup.archive import CHUNK, ArchiveWriter
from safelane.core.backup.tables import (
    BackupRunning,
    applied_migrations,
    backed_up_models,
    columns_of,
    reading_of,
    write_row,
)
from safelane.core.files.durable import written_whole
from safelane.core.files.models import StoredFile
from safelane.core.files.store import path_of
from safelane.core.history.chain import heads
from safelane.core.jobs.progress import Counter
from safelane.core.protect import keyring
from safelane.core.protect.rowkeys import write_keys
from safelane.core.sqlite.writer_queue import turns_for

BATCH = 2_000
SECRET = "private/secret"  # noqa: S105 - the name of a member
KEYS = "private/keys/"
KEYS_FILE = "identity-keys.json"


def write_backup(path: Path, progress: Counter) -> dict[str, Any]:
    """Write everything into one archive, the keys beside it, and return its facts.

    The archive appears under its name when it is whole and on the disk, and the keys of
    its identities too; a kill leaves at most ``<name>.part``, which the next backup
    replaces. It holds the secret and every record: guard it like the data folder.

    Raises:
        BackupRunning: Another one is being written.
        StorageUnavailable: The disk is full or the folder cannot be written.
    """
    part = path.with_name(path.name + ".part")
    with _alone(), written_whole(path, mode=0o600, part=part) as file:
        archive = ArchiveWriter(file)
        try:
            with _one_view():
                facts = _write(archive, progress)
            archive.finish(facts)
        finally:
            archive.abandon()
        # Of now: what was destroyed since that view began is not among them.
        with written_whole(path.with_name(KEYS_FILE), mode=0o600) as keys:
            write_keys(keys)
    return {**facts, "path": str(path), "size": path.stat().st_size}


def _write(archive: ArchiveWriter, progress: Counter) -> dict[str, Any]:
    rows = _tables(archive, progress)
    files = _files(archive, progress)
    _private(archive)
    return {
        "safelane": safelane.__version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": applied_migrations(),
        "rows": rows,
        **files,
        "heads": {str(chain): digest for chain, digest in heads().items()},
    }


@contextmanager
def _alone() -> Iterator[None]:
    """Let nobody else write a backup of this workspace.

    Two that have the same name would write into each other's ``.part``.
    """
    turns = turns_for(Path(settings.DATA_DIR) / "backup-turns", 0.0)
    try:
        turns.enter()
    except OperationalError as error:
        raise BackupRunning(
            _("Another backup of this workspace is being written. Wait for its end.")
        ) from error
    try:
        yield
    finally:
        turns.leave()


@contextmanager
def _one_view() -> Iterator[None]:
    """Read everything as it stood at one moment, without keeping writers out."""
    if connection.in_atomic_block:  # a test's transaction is one view already
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        connection.ensure_connection()
        raw: Any = connection.connection
        # Django would begin IMMEDIATE, which takes the write lock.
        raw.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            raw.execute("ROLLBACK")


def _tables(archive: ArchiveWriter, progress: Counter) -> dict[str, int]:
    counts: dict[str, int] = {}
    for model in backed_up_models():
        label = model._meta.label_lower
        total = model._base_manager.count()
        progress.start(total, label)
        archive.add(f"tables/{label}.jsonl", _lines(model, progress))
        counts[label] = total
    return counts


def _lines(model: type[models.Model], progress: Counter) -> Iterator[bytes]:
    fields = columns_of(model)
    names = [field.attname for field in fields]
    yield (write_row(fields, names) + "\n").encode()
    wanted = [reading_of(field) for field in fields]
    rows = model._base_manager.order_by("pk").values_list(*wanted)
    for values in rows.iterator(chunk_size=BATCH):
        progress.advance()
        yield (write_row(fields, values) + "\n").encode()


def _files(archive: ArchiveWriter, progress: Counter) -> dict[str, list[str]]:
    """Add the content of files; return which is gone, and which is not as stored."""
    digests = StoredFile.objects.order_by("sha256").values_list("sha256", flat=True)
    wanted = list(dict.fromkeys(digests))
    missing, damaged = [], []
    progress.start(len(wanted), "files")
    for digest in wanted:
        progress.advance()
        name = f"files/{digest}"
        if not path_of(digest).is_file():
            missing.append(digest)
            continue
        archive.add(name, _content(path_of(digest)), packed=False)
        if archive.members[name]["sha256"] != digest:
            damaged.append(digest)
    return {"missing_files": missing, "damaged_files": damaged}


def _private(archive: ArchiveWriter) -> None:
    archive.add(SECRET, [settings.SECRET_KEY.encode()])
    for path in sorted(keyring.folder().glob("*.key")):
        archive.add(f"{KEYS}{path.name}", [path.read_bytes()])


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
