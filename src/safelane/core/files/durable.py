"""Writing so that a file is there whole or not at all, even after a power cut."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from safelane.core.errors import DatabaseUnavailable, StorageUnavailable

log = logging.getLogger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
CROSSED = ("40001", "40P01", "55P03")  # PostgreSQL gave up one of two that crossed
AWAY = ("08", "57P", "53300")  # it stops, starts, or takes no more connections
DATABASE_FAULTS = ("readonly database", "disk is full", "unable to open", "disk i/o")


@contextmanager
def written_whole(
    path: Path, *, mode: int = 0o640, part: Path | None = None
) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes ``path`` when the block ends well.

    Args:
        mode: Rights of the file (POSIX).
        part: Name until then; else a random one beside ``path``.

    Raises:
        StorageUnavailable: The disk is full, or the folder cannot be written.
    """
    part = part or path.with_name(f".{uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb", opener=_private_opener) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(mode)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_fault(error, path.parent) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def settle(part: Path, path: Path) -> None:
    """Move a file that is whole to its place on the same disk.

    Raises:
        StorageUnavailable: The place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise storage_fault(error, path.parent) from error


def storage_fault(error: OSError, folder: Path) -> StorageUnavailable:
    """Return the fault that says at the console what is wrong with ``folder``."""
    why = error.strerror or type(error).__name__
    told = f"{folder} cannot be written ({why}). Nothing was saved."
    if error.errno in FULL:
        told = (
            f"The disk that holds {folder} is full. Nothing was saved: free some space"
            " and try again."
        )
    log.error("storage unavailable: %s", told)
    fault = nothing_saved()
    fault.at_console = told
    return fault


def is_about_storage(exception: BaseException) -> bool:
    """Say whether an exception means a full or read-only disk, not a defect of ours."""
    if isinstance(exception, OSError):
        return exception.errno in FULL + READ_ONLY
    text = str(exception).lower()
    return isinstance(exception, OperationalError) and any(
        part in text for part in DATABASE_FAULTS
    )


def is_busy(exception: BaseException) -> bool:
    """Say whether a writer waited in vain for others, or stood in their way."""
    said = str(exception)
    is_deadlock = getattr(exception.__cause__, "sqlstate", "") in CROSSED
    return isinstance(exception, OperationalError) and (
        is_deadlock or "database is locked" in said or "table is locked" in said
    )


def is_passing(exception: BaseException) -> bool:
    """Say whether the database was busy or away: the next try may do what this did not.

    PostgreSQL gives no state where the connection broke under a statement.
    """
    if is_busy(exception) or isinstance(exception, InterfaceError):
        return True
    state = getattr(exception.__cause__, "sqlstate", "") or "08"
    is_away = hasattr(exception.__cause__, "sqlstate") and state.startswith(AWAY)
    return isinstance(exception, OperationalError) and is_away


def too_long_away() -> DatabaseUnavailable:
    """Return the fault that the database was busy or away at every try."""
    return DatabaseUnavailable(
        _(
            "The database was busy or away for too long. What was saved by the last"
            " finished step is kept. Try again later: the work goes on from there."
        )
    )


def nothing_saved() -> StorageUnavailable:
    """Return the fault for people who cannot mend the disk themselves."""
    return StorageUnavailable(
        _(
            "Nothing was saved: the disk is full or the data folder cannot be"
            " written. Tell whoever runs this server, then try again."
        )
    )


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlast a power cut (POSIX)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
