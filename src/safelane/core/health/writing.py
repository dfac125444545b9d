"""Whether something can be written here: tried with a little that does not stay."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from safelane.core.files.durable import FULL

PROBE = bytes(1 << 16)
# It locks a row, waits for nobody, and leaves nothing behind however often it is asked.
LOCKING = "SELECT 1 FROM django_migrations ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be written, and why.

    Args:
        name: For everybody; it tells no path.
        path: The folder; None for the database.
    """

    name: str
    path: Path | None
    why: str
    fix: str

    @property
    def told(self) -> str:
        """Say it to everybody: what a driver says names hosts, accounts and paths."""
        why = f": {self.why}" if self.path else "; “safelane doctor” says why"
        return f"{self.name} cannot be written{why}"


def refusals() -> list[Refusal]:
    """Return what cannot be written; [] where all is well."""
    return [*_folders(), *_database()]


def _folders() -> Iterator[Refusal]:
    for path, name in _names().items():
        error = _refused(path)
        if error is None:
            continue
        full = "Free some space, or move the data folder."
        closed = "Give its owner the right to write, or mount the disk writable."
        fix = full if error.errno in FULL else closed
        yield Refusal(name, path, error.strerror or type(error).__name__, fix)
        if path == Path(settings.DATA_DIR):  # it would be the same of all that it holds
            return


def _names() -> dict[Path, str]:
    """Return the folders that are there, and what to call them."""
    data, file = Path(settings.DATA_DIR), database_file()
    files, uploads = Path(settings.MEDIA_ROOT), Path(settings.FILE_UPLOAD_TEMP_DIR)
    inner = (files, uploads, data / "run")
    names = {path: f"the folder {path.name}" for path in inner}
    if file:
        names |= {file.parent: "the folder of the database"}
    there = {path: name for path, name in names.items() if path.is_dir()}
    return {data: "the data folder"} | {p: n for p, n in there.items() if p != data}


def _refused(folder: Path) -> OSError | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(PROBE)
    except OSError as error:
        return error
    return None


def database_file() -> Path | None:
    """Return the file of the database; None where it is a server's, or in memory."""
    own: Any = connection
    if own.vendor != "sqlite" or own.is_in_memory_db():
        return None
    return Path(own.settings_dict["NAME"]).absolute()


def _database() -> Iterator[Refusal]:
    try:
        if file := database_file():
            _change_nothing(file)
        elif connection.vendor == "postgresql":
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LOCKING)
    except (DatabaseError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return  # somebody is writing
        fix = "Give this account the right to write it."
        why = " ".join(str(error).split())[:300]
        yield Refusal("the database", None, why, fix)


def _change_nothing(file: Path) -> None:
    """Write into a SQLite file, and take it back, without waiting for other writers."""
    there = f"{file.as_uri()}?mode=rw"
    found = sqlite3.connect(there, uri=True, timeout=0, isolation_level=None)
    with closing(found) as own:
        own.execute("BEGIN IMMEDIATE")
        own.execute("PRAGMA user_version = 0")
        own.execute("ROLLBACK")
