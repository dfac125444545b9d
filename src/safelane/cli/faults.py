"""From fault to exit code: every command ends with one of these."""

from __future__ import annotations

import errno
import os
from enum import IntEnum
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from safelane.cli.console import errors


class ExitCode(IntEnum):
    """What the shell learns."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_INITIALISED = 3
    UNAVAILABLE = 4
    INTERRUPTED = 5


class NotInitialised(Exception):
    """There is no workspace in the data folder, or it is of an older version."""


class FaultGroup(TyperGroup):
    """A command group whose faults become one clear line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            errors.print("Interrupted.")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except Exception as error:
            code = code_of(error)
            if code is None:
                raise
            errors.print(f"[bold red]✗[/] {escape(message_of(error))}")
            raise typer.Exit(code) from error


def code_of(error: Exception) -> ExitCode | None:
    """Return the exit code of a fault, or None for a defect of ours."""
    from django.db import DatabaseError, InterfaceError

    from safelane.config.setting import SettingError
    from safelane.core.errors import (
        ConfigurationError,
        DatabaseUnavailable,
        SafelaneError,
        StorageUnavailable,
    )

    if isinstance(error, NotInitialised):
        return ExitCode.NOT_INITIALISED
    if isinstance(error, (SettingError, ConfigurationError)):
        return ExitCode.USAGE
    unavailable = StorageUnavailable, DatabaseUnavailable, DatabaseError, InterfaceError
    if isinstance(error, unavailable):
        return ExitCode.UNAVAILABLE
    if isinstance(error, OSError) and error.errno in DISK_FAULTS:
        return ExitCode.UNAVAILABLE
    return ExitCode.REFUSED if isinstance(error, SafelaneError) else None


DAMAGED = ("malformed", "not a database", "invalid page", "could not read block")
DISK_FAULTS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EEXIST,
}


REFUSED = ("permission denied", "not permitted", "readonly database", "unable to open")


def message_of(error: Exception) -> str:
    """Return what went wrong, in one line that a person can act on."""
    text = _reason(error)
    if any(part in text.lower() for part in REFUSED):
        text = " ".join([text, *filter(None, _whose())])
    return text


def _whose() -> tuple[str, str]:
    """Say what in the data folder belongs to another account, and what to do."""
    from safelane.config.env import current_env, named_data_dir
    from safelane.config.setting import SettingError
    from safelane.core.files.owners import another_owner

    try:
        folder = current_env().data_dir
    except (OSError, SettingError):  # it is what cannot be read
        folder = named_data_dir(os.environ).absolute()
    told, fix = another_owner(folder)
    return told and f"{told}.", fix


def _reason(error: Exception) -> str:
    from django.db import DatabaseError, InterfaceError

    if isinstance(error, (DatabaseError, InterfaceError)):
        reason = " ".join(str(error).split())
        if any(text in reason for text in DAMAGED):
            return (
                f"The database is damaged: {reason}. Put a copy of it aside, then"
                " restore the newest backup with `safelane restore`."
            )
        return f"The database cannot be used: {reason}. `safelane doctor` says more."
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return (
            f"{error.filename} cannot be written: a file lies where a folder has to be."
            " Name another folder, or move that file away."
        )
    if isinstance(error, OSError):
        name = error.filename or "The disk"
        return f"{name} cannot be read or written: {error.strerror}."
    return getattr(error, "at_console", "") or str(error)
