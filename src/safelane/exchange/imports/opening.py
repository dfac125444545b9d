"""The file of an import: opened for reading, and let go when the import ends."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import transaction

from safelane.core.files.store import path_of, store_file
from safelane.core.scope import Actor
from safelane.exchange.files.source import Source
from safelane.exchange.mapping import Mapping
from safelane.exchange.models import ImportRun
from safelane.exchange.sealing import destroy_file, seal_file, unsealed


@contextmanager
def opened(run: ImportRun, mapping: Mapping | None = None) -> Generator[Source]:
    """Open the file of a run as its mapping says.

    Raises:
        FileContentMissing: The import has ended and the file held identities.
    """
    chosen = mapping or Mapping.from_json(run.mapping)
    with (
        _path(run) as path,
        Source(
            path,
            name=run.name,
            layer=chosen.layer,
            encoding=chosen.encoding,
            crs=chosen.crs,
            folder=path.parent if run.holds_identities else None,
        ) as source,
    ):
        yield source


@contextmanager
def _path(run: ImportRun) -> Iterator[Path]:
    if run.file is not None:
        yield path_of(run.file.sha256)
        return
    with unsealed(run.uid, run.key, run.name) as path:
        yield path


def keep_file(run: ImportRun, fileobj: IO[bytes], name: str, *, by: Actor) -> None:
    """Keep a file with its run, sealed where it may hold identities; not yet the run.

    Raises:
        FileTooLarge, FileTypeRefused, StorageUnavailable: It cannot be kept.
    """
    if run.holds_identities:
        run.key = seal_file(fileobj, run.uid)
    else:
        verb = run.kind.verb
        run.file = store_file(fileobj, name, kind="import", verb=verb, by=by)


def seal_now(run: ImportRun) -> None:
    """Seal a file that was stored openly and turns out to hold identities."""
    stored = run.file
    if stored is None:
        return
    path = path_of(stored.sha256)
    with path.open("rb") as file:
        run.key = seal_file(file, run.uid)
    drop_open_file(run)


@transaction.atomic
def drop_open_file(run: ImportRun) -> None:
    """Remove the stored file of a run, and its content unless another file has it."""
    stored = run.file
    if stored is None:
        return
    run.file, run.holds_identities = None, True
    run.file_name = run.file_name or stored.name
    run.forget_name()
    run.save()
    stored.delete()
    if not type(stored).objects.filter(sha256=stored.sha256).exists():
        path = path_of(stored.sha256)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def let_go(run: ImportRun) -> None:
    """Destroy the file of an import that has ended, if it held identities.

    What people typed about its words goes with it; the run is to be saved.
    """
    if not run.holds_identities:
        return
    run.key = ""
    run.mapping = without_words(run.mapping)
    uid = run.uid
    transaction.on_commit(lambda: destroy_file(uid))


def without_words(mapping: dict[str, object]) -> dict[str, object]:
    """Return a mapping without the words of the file that it translates."""
    if not mapping:
        return mapping
    plain = Mapping.from_json(mapping)
    for field in plain.fields.values():
        field.values, field.constant = {}, ""
    return plain.as_json()
