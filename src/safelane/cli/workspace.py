"""Making Django ready for a command, and who acts in it."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from safelane.cli.faults import NotInitialised

if TYPE_CHECKING:
    from safelane.core.scope import Actor

INIT_FIRST = "There is no workspace in {folder}. Make one with `safelane init`."
MIGRATE_FIRST = (
    "The database lacks {count} migrations of this version. Back it up with the"
    " version that made it (`safelane backup FILE`), or copy database and data folder"
    " while nothing runs; then run `safelane init`."
)

NEWER = (
    "The database was brought up to date by a newer version of Safelane: {count}"
    " migrations are not known here ({names}). Install that version; nothing was"
    " changed."
)


def set_up(*, workspace: bool = True) -> None:
    """Load Django.

    Args:
        workspace: Also make sure that a workspace is there and up to date.

    Raises:
        NotInitialised: It is not.
        SettingError: A setting cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelane.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if workspace:
        require_workspace()


def require_workspace() -> None:
    """Raise unless data folder, secret and database are there and belong together."""
    from safelane.config.env import current_env
    from safelane.core.health.report import pending_migrations
    from safelane.core.protect.installation import require_secret

    env = current_env()
    if not env.data_dir.is_dir():
        raise NotInitialised(INIT_FIRST.format(folder=env.data_dir))
    if not has_secret():
        require_secret(is_there=False)
        raise NotInitialised(INIT_FIRST.format(folder=env.data_dir))
    require_known_version()
    require_secret(is_there=True)
    pending = pending_migrations()
    if pending:
        raise NotInitialised(MIGRATE_FIRST.format(count=len(pending)))


def require_writable() -> None:
    """Raise unless folders and database can be written.

    Raises:
        StorageUnavailable: Names the first that cannot.
    """
    from safelane.core.errors import StorageUnavailable
    from safelane.core.health.writing import refusals

    for found in refusals():
        named = found.path or found.name
        message = f"{named} cannot be written: {found.why}. {found.fix}"
        raise StorageUnavailable(message)


def has_secret() -> bool:
    """Say whether a secret was given or lies in the data folder."""
    from safelane.config.env import current_env
    from safelane.config.server import secret_path

    env = current_env()
    return env.secret_is_given or secret_path(env).is_file()


def require_known_version() -> None:
    """Raise for a database that a newer version brought up to date."""
    from safelane.core.health.report import unknown_migrations

    unknown = unknown_migrations()
    if unknown:
        named = ", ".join(unknown[:3])
        raise NotInitialised(NEWER.format(count=len(unknown), names=named))


def operator() -> Actor:
    """Return the actor of the command line: whoever may run it owns the data folder."""
    from safelane.core.scope import system_actor

    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "unknown"
    return system_actor(f"command line ({name})")


def site_url(path: str) -> str:
    """Return the full address of a page for a person to open."""
    from safelane.config.env import current_env

    env = current_env()
    host = "127.0.0.1" if env.host in ("0.0.0.0", "::") else env.host  # noqa: S104
    base = env.public_url.rstrip("/") or f"http://{host}:{env.port}"
    return base + path
