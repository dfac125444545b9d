"""`safelane backup` and `safelane restore`: everything in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from safelane.cli.bootstrap import (
    collect_static,
    ensure_workspace,
    migrate,
    note_installation,
    open_folder,
)
from safelane.cli.console import emit, steps
from safelane.cli.workspace import set_up

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="Name of the backup to write.")],
    as_json: Json = False,
) -> None:
    """Write database, files and secret into one archive, while others work on.

    The archive holds every record and the secret: keep it as safe as the data folder.
    The keys of victims' identities are written beside it, into identity-keys.json,
    which every backup replaces: keep only the newest, and identities that were
    destroyed come back from no archive. The archive gets its name only when they are
    on the disk: one that is there can be opened.
    Exit code 1: another backup is being written; 4: the disk is full or cannot be
    written. No archive was made; keys that were there may have been replaced by those
    of now, which open the earlier archives too.
    """
    set_up()
    from safelane.core.backup.dump import KEYS_FILE, write_backup
    from safelane.core.health.contents import require_sound
    from safelane.core.protect.rowkeys import require_replaceable

    path = file.expanduser().absolute()
    require_sound()
    require_replaceable(path.with_name(KEYS_FILE))
    with steps() as progress:
        facts = write_backup(path, progress)
    note = _noted(path)
    rows, size = sum(facts["rows"].values()), facts["size"] / 1e6
    text = f"{file}: {rows:,} rows, {size:,.1f} MB."
    if facts["missing_files"]:
        text += f" {len(facts['missing_files'])} files had no content any more."
    text += _damaged(facts)
    text += note
    emit(facts, as_json=as_json, text=text)


def _damaged(facts: dict[str, Any]) -> str:
    count = len(facts["damaged_files"])
    told = f" {count} files are damaged, as “safelane audit verify” names them: restore"
    return f"{told} a backup in which they are whole." if count else ""


def _noted(path: Path) -> str:
    """Keep in mind where the backup lies; say so where the workspace is only read."""
    from django.db import DatabaseError

    from safelane.core.protect.installation import note_backup

    try:
        note_backup(path)
    except DatabaseError as error:
        return f" This workspace does not know of it: {error}."
    return ""


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", exists=True)],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there already.")
    ] = False,
    keys: Annotated[
        Path | None,
        typer.Option(help="File of the identities' keys, if not beside the backup."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make this workspace what the backup was, on SQLite or PostgreSQL.

    Every checksum and the audit chains are checked; then all rows come in at once, or
    none. Stored files that are gone or damaged are replaced. A backup of an older
    version goes into an empty database and is brought up to date. Exit code 1: the
    backup is damaged, of a newer version, others write here, or there is data here
    already; nothing was changed.
    """
    from safelane.core.errors import SafelaneError

    with steps() as progress:
        try:
            facts = _restored(file, progress, force)
            from safelane.core.backup.dump import KEYS_FILE  # needs Django

            lost = _bring_keys(keys or file.parent / KEYS_FILE)
        except OSError as error:
            raise SafelaneError(f"{file} cannot be read: {error.strerror}") from error
    rows = sum(facts["rows"].values())
    text = f"{rows:,} rows restored; the audit chains end in the same hashes."
    text += _damaged(facts)
    if lost:
        text += f" {lost} identities have no key: give the newest {KEYS_FILE} (--keys)."
    emit(facts | {"identities_without_key": lost}, as_json=as_json, text=text)


def _bring_keys(file: Path) -> int:
    """Take over keys, destroy again what was destroyed; return rows without a key."""
    from django.utils import timezone

    from safelane.accidents.actions import forget_due
    from safelane.core.protect.rowkeys import restore_keys

    lost = restore_keys(file if file.is_file() else None)
    forget_due(timezone.now())
    return lost


def _restored(file: Path, progress: Any, force: bool) -> dict[str, Any]:
    open_folder(progress, empty_only=False)
    from safelane.core.audit.anchors import set_aside_heads
    from safelane.core.backup.load import older_targets, read_backup
    from safelane.core.protect.installation import known_installation

    older = older_targets(file)
    migrate(progress, older)
    before = "" if older else known_installation()
    facts = read_backup(file, progress, force=force)
    if aside := set_aside_heads(before):
        progress.done(f"Heads of the history that was here: {aside}")
    if older:
        ensure_workspace(progress)
    else:
        note_installation()
        collect_static(progress)
    return facts
