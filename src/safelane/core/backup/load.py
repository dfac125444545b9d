"""Restoring a backup: everything in one transaction, checked before it counts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import OperationalError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.backup.archive import ArchiveReader
from safelane.core.backup.dump import KEYS, SECRET
from safelane.core.backup.tables import (
    BrokenBackup,
    InUse,
    NotEmpty,
    OtherVersion,
    applied_migrations,
    backed_up_models,
    columns_of,
    read_row,
)
from safelane.core.files.durable import written_whole
from safelane.core.files.store import is_sound, path_of
from safelane.core.history.chain import heads, verify
from safelane.core.history.models import Change
from safelane.core.jobs.models import OLD_QUEUE, JobRun
from safelane.core.jobs.progress import Counter
from safelane.core.protect import keyring
from safelane.core.protect.models import DestroyedKey

BATCH = 1_000
Models = list[type[models.Model]]
PATIENCE = "5s"
OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def read_backup(
    path: Path, progress: Counter, *, force: bool = False
) -> dict[str, Any]:
    """Replace the database's content with a backup's and return the backup's facts.

    Every checksum is compared before anything changes. The rows come in within one
    transaction that commits only if the audit chains hold and end in the same hashes.
    The database must be at the backup's migrations, as :func:`older_targets` says; of
    an older version, the caller migrates on afterwards.

    Args:
        force: Replace data that is there already.

    Raises:
        BrokenBackup, OtherVersion, NotEmpty, InUse: Nothing was changed.
        StorageUnavailable: The disk is full; the database was not changed.
    """
    with closing(ArchiveReader(path)) as archive:
        require_same_state(archive)
        found = models_of(archive)
        _check_empty(found, force)
        _require_secret(archive, path)
        _check_members(archive, found, progress)
        gone = _destroyed()
        with transaction.atomic():
            _keep_others_out(found)
            _replace_rows(archive, found, progress)
            _check_rows(archive, found)
            DestroyedKey.objects.bulk_create(gone, ignore_conflicts=True)
            _check_history(archive)
            damaged = _restore_files(archive, progress)
        _restore_secret(archive)
        _restore_keys(archive)
        facts = {k: v for k, v in archive.manifest.items() if k != "members"}
        return facts | {"damaged_files": damaged}


def _require_secret(archive: ArchiveReader, path: Path) -> None:
    """Raise before anything is written that nothing could open afterwards."""
    if not settings.SECRET_KEY_IS_GIVEN and SECRET not in archive.members:
        raise BrokenBackup(_("%(path)s holds no secret.") % {"path": path})


def _check_empty(found: Models, force: bool) -> None:
    account = settings.AUTH_USER_MODEL.lower()
    people = next(m for m in found if m._meta.label_lower == account)
    if not force and people._base_manager.exists():
        message = _(
            "There are accounts and %(count)s changes here already. Give --force to"
            " replace them all with the backup."
        )
        raise NotEmpty(message % {"count": Change.objects.count()})


def _check_members(archive: ArchiveReader, found: Models, progress: Counter) -> None:
    progress.start(len(archive.members), _("Checking the backup"))
    for name in archive.members:
        archive.verify(name)
        progress.advance()
    expected = {f"tables/{m._meta.label_lower}.jsonl" for m in found}
    missing = expected - set(archive.members)
    if missing:
        names = ", ".join(sorted(missing))
        raise BrokenBackup(_("The backup lacks %(names)s.") % {"names": names})


def _restore_files(archive: ArchiveReader, progress: Counter) -> list[str]:
    """Put content where none is that is as stored; return what is not even then.

    Only once the rows are accepted, and before they stay: a full disk keeps them out.
    """
    names, damaged = archive.names("files/"), list[str]()
    progress.start(len(names), _("Files"))
    for name in names:
        target = path_of(name.removeprefix("files/"))
        if not is_sound(target.name):
            with written_whole(target) as file:
                for chunk in archive.chunks(name):
                    file.write(chunk)
            if archive.members[name]["sha256"] != target.name:
                damaged.append(target.name)
        progress.advance()
    return damaged


def _keep_others_out(found: Models) -> None:
    """Let nobody else write before the end; SQLite has one writer at a time.

    Raises:
        InUse: Others write now and do not end.
    """
    if connection.vendor != "postgresql":
        return
    tables = ", ".join(connection.ops.quote_name(m._meta.db_table) for m in found)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        (count,) = cursor.fetchone()
        try:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        except OperationalError as error:
            message = _(
                "Others write into this database (%(count)s connections). Stop every"
                " server and worker, then restore again. Nothing was changed."
            )
            raise InUse(message % {"count": count}) from error


def _replace_rows(archive: ArchiveReader, found: Models, progress: Counter) -> None:
    _empty(found)
    for model in found:
        _load(model, archive, progress)
    _end_open_jobs(next(m for m in found if m._meta.label == JobRun._meta.label))
    statements = connection.ops.sequence_reset_sql(no_style(), found)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _destroyed() -> list[DestroyedKey]:
    """Return what was destroyed here, which an archive of before does not know."""
    is_there = DestroyedKey._meta.db_table in connection.introspection.table_names()
    return list(DestroyedKey.objects.all()) if is_there else []


def _empty(found: Models) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in found:
            # Foreign keys are checked when the transaction ends.
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608


def _load(model: type[models.Model], archive: ArchiveReader, progress: Counter) -> None:
    label = model._meta.label_lower
    lines = archive.lines(f"tables/{label}.jsonl")
    columns = {field.attname: field for field in columns_of(model)}
    names = read_row(next(lines, b"[]"))
    if sorted(names) != sorted(columns):
        raise BrokenBackup(_("The columns of %(name)s differ.") % {"name": label})
    fields = [columns[name] for name in names]
    progress.start(archive.manifest["rows"][label], label)
    while batch := _batch(model, fields, lines):
        # Raw: the values as they were, no "now" and no checks of today's rules.
        model._base_manager.get_queryset()._insert(  # type: ignore[attr-defined]
            batch, fields=fields, using=connection.alias, raw=True
        )
        progress.advance(len(batch))


def _batch(
    model: type[models.Model],
    fields: list[models.Field[Any, Any]],
    lines: Iterator[bytes],
) -> list[models.Model]:
    limit = connection.ops.bulk_batch_size(fields, [None] * BATCH)
    names = [field.attname for field in fields]
    return [
        model(**dict(zip(names, read_row(line), strict=True)))
        for line in islice(lines, max(1, min(BATCH, limit)))
    ]


def _end_open_jobs(jobs: type[models.Model]) -> None:
    running = (JobRun.Status.QUEUED, JobRun.Status.RUNNING)
    jobs._base_manager.filter(status__in=running).update(
        status=JobRun.Status.CANCELLED,
        finished=timezone.now(),
        error=_("It was open when the backup was made, and ended by the restore."),
    )


def _check_rows(archive: ArchiveReader, found: Models) -> None:
    """Raise where a table holds more or fewer rows than the backup says."""
    for model in found:
        there = archive.manifest["rows"][model._meta.label_lower]
        count = model._base_manager.count()
        if count != there:
            message = _("%(name)s: %(count)s rows, and %(there)s in the backup.")
            said = {"name": model._meta.label_lower, "count": count, "there": there}
            raise BrokenBackup(message % said)


def _check_history(archive: ArchiveReader) -> None:
    found = {str(chain): digest for chain, digest in heads().items()}
    if found != archive.manifest["heads"]:
        raise BrokenBackup(_("The heads of the history differ from the backup's."))
    verdict = verify()
    if not verdict.holds:
        raise BrokenBackup(
            _("The history in the backup was tampered with: %(first)s")
            % {"first": verdict.breaks[0].message}
        )


def _restore_keys(archive: ArchiveReader) -> None:
    """Put back the keys that signed; one that is here already is the same."""
    for name in archive.names(KEYS):
        target = keyring.folder() / name.removeprefix(KEYS)
        if not target.is_file():
            with written_whole(target, mode=0o600) as file:
                file.write(b"".join(archive.chunks(name)))


def secret_of(path: Path) -> str:
    """Return the secret in a backup.

    Raises:
        BrokenBackup: It is damaged, or holds none.
    """
    with closing(ArchiveReader(path)) as archive:
        if SECRET not in archive.members:
            raise BrokenBackup(_("%(path)s holds no secret.") % {"path": path})
        archive.verify(SECRET)
        return b"".join(archive.chunks(SECRET)).decode("ascii").strip()


def _restore_secret(archive: ArchiveReader) -> None:
    """Take over the old secret, which opens the second factors in the database."""
    if settings.SECRET_KEY_IS_GIVEN or SECRET not in archive.members:
        return
    secret = b"".join(archive.chunks(SECRET))
    with written_whole(Path(settings.DATA_DIR) / "secret", mode=0o600) as file:
        file.write(secret + os.linesep.encode())
    settings.SECRET_KEY = secret.decode("ascii")


Key = tuple[str, str]


def older_targets(path: Path) -> list[Key]:
    """Return where to migrate an empty database for an older backup; [] for today's.

    Raises:
        BrokenBackup: It is no backup.
        OtherVersion: A version that this one does not know made it.
    """
    archive = ArchiveReader(path)
    archive.close()
    graph = MigrationExecutor(connection).loader.graph
    there = _keys(archive.manifest["migrations"])
    here = {key for key in graph.nodes if _is_kept(key[0])}
    if not there <= here:
        raise other_version(archive, there - here)
    if there == here:
        return []
    return sorted(
        key
        for key in there
        if not any(child.key in there for child in graph.node_map[key].children)
    )


def require_same_state(archive: ArchiveReader) -> None:
    """Raise OtherVersion for a backup whose tables are not those of the database."""
    here = _keys(applied_migrations())
    there = _keys(archive.manifest["migrations"])
    if here != there:
        raise other_version(archive, here ^ there)


def models_of(archive: ArchiveReader) -> list[type[models.Model]]:
    """Return the models of a backup as they were in the version that made it."""
    executor = MigrationExecutor(connection)
    there = _keys(archive.manifest["migrations"])
    if there == {key for key in executor.loader.graph.nodes if _is_kept(key[0])}:
        return backed_up_models()
    state = executor.loader.project_state(list(there))
    return backed_up_models(state.apps)


def other_version(archive: ArchiveReader, keys: Collection[Key]) -> OtherVersion:
    """Return the fault of a backup that does not fit this database."""
    return OtherVersion(
        _(
            "The backup was made by Safelane %(there)s and does not fit what is here."
            " An older backup goes into an empty database; for a newer one, install"
            " that version. Differing migrations: %(names)s."
        )
        % {
            "there": archive.manifest["safelane"],
            "names": ", ".join(sorted(".".join(key) for key in keys)[:5]),
        }
    )


def _keys(names: Collection[str]) -> set[Key]:
    parts = (name.partition(".") for name in names)
    return {(app, name) for app, _dot, name in parts if app != OLD_QUEUE}


def _is_kept(label: str) -> bool:
    known: Any = apps.get_app_configs()
    return label in {config.label for config in known}
