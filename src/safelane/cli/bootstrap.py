"""Making a workspace: data folder, secret, database, roles, static files."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelane.cli.workspace import has_secret, operator, require_known_version, set_up

if TYPE_CHECKING:
    from safelane.cli.console import Steps

FOLDERS = ("files", "uploads", "run", "static")


def ensure_workspace(progress: Steps) -> None:
    """Make or update the workspace; running it again changes nothing.

    Raises:
        OSError: The data folder cannot be written.
        OperationalError: The database cannot be reached.
    """
    open_folder(progress)
    migrate(progress)
    note_installation()
    load_roles(progress)
    collect_static(progress)


def open_folder(progress: Steps, *, empty_only: bool = True) -> None:
    """Make the data folder, readable by its owner only, load Django, make the secret.

    Over data there is never a new secret: it would open nothing of it.

    Args:
        empty_only: The secret must fit the data that is there already; else a restore
            is about to replace both.

    Raises:
        SecretMissing, SecretOther: The data needs another secret than is here.
    """
    from safelane.config.env import current_env
    from safelane.config.server import create_secret

    env = current_env()
    env.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in FOLDERS:
        (env.data_dir / name).mkdir(exist_ok=True)
    if empty_only and _has_no_database(env):  # asked later, there would be one
        _refuse_second_register(env.data_dir)
    set_up(workspace=False)
    from django.conf import settings

    from safelane.core.protect.installation import has_data, require_secret

    require_known_version()
    if empty_only:
        require_secret(is_there=has_secret())
    if not has_secret() and not has_data():
        create_secret(env, settings.SECRET_KEY)
        current_env.cache_clear()
    progress.done(f"Data folder: {env.data_dir}")


def _has_no_database(env: Any) -> bool:
    name = Path(str(env.database["NAME"]))
    return "sqlite" in env.database["ENGINE"] and not name.is_file()


def _refuse_second_register(folder: Path) -> None:
    """Raise where a register was here and its database is gone.

    Raises:
        RegisterMissing: A new one would hide that, and take over what belongs to it.
    """
    from safelane.core.errors import RegisterMissing

    told = [folder / "heads.jsonl"]
    told += [path for name in ("files", "keys") for path in (folder / name).glob("*")]
    traces = sorted({p.relative_to(folder).parts[0] for p in told if p.exists()})
    if traces:
        raise RegisterMissing(
            f"The database is not in {folder}, but {', '.join(traces)} of a register "
            "are. Bring the file back, or restore the newest backup with `safelane "
            "restore`. For a new register choose another data folder."
        )


def note_installation() -> None:
    """Keep the fingerprint of the secret beside the data that it seals."""
    from safelane.core.protect.installation import installation

    installation()


def migrate(progress: Steps, targets: list[tuple[str, str]] | None = None) -> int:
    """Bring the database to this version; each migration is whole or not at all.

    Args:
        targets: Last migrations of an older version, for its backup; an empty
            database only.

    Returns how many migrations ran.
    """
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.sql import (
        emit_post_migrate_signal,
        emit_pre_migrate_signal,
    )
    from django.db import connection
    from django.db.migrations.exceptions import InconsistentMigrationHistory

    from safelane.config.whole_migrations import WholeExecutor
    from safelane.core.errors import DatabaseUnavailable
    from safelane.core.health.contents import require_sound

    executor = WholeExecutor(connection)
    try:
        executor.loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        require_sound()
        raise DatabaseUnavailable(
            "The database says that steps to a newer version were taken out of order"
            f" ({str(error).rstrip('.')}). Nothing was done. Restore the newest backup"
            " with `safelane restore`."
        ) from error
    wanted = targets or executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(wanted)
    if any(backwards for _migration, backwards in plan):
        plan = []  # there is more here already, which the backup will not fit
    call_command("check", fail_level="ERROR", stdout=StringIO())
    if plan and executor.loader.applied_migrations:
        require_sound()
    progress.start(len(plan), "Database")
    emit_pre_migrate_signal(0, False, connection.alias, apps=apps, plan=plan)
    executor.progress_callback = _counted(progress)
    executor.migrate(wanted, plan=plan)
    if not targets:
        emit_post_migrate_signal(0, False, connection.alias, apps=apps, plan=plan)
    progress.done(f"Database: {connection.vendor}, {len(plan)} migrations applied")
    return len(plan)


def _counted(progress: Steps) -> Any:
    def note(action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            progress.advance(1, f"Database: {migration.app_label} {migration.name}")

    return note


def load_roles(progress: Steps) -> None:
    """Load the built-in roles."""
    from safelane.organisations.actions import sync_roles

    roles = sync_roles(by=operator())
    progress.done(f"Roles: {len(roles)}")


def collect_static(progress: Steps) -> None:
    """Put compressed static files with hashed names into the data folder."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    wanted = static_stamp()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    progress.start(None, "Static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")
    progress.done("Static files collected")


def static_stamp() -> str:
    """Return a short text that changes when any static file does."""
    import hashlib

    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda item: item[0]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
