"""Which version of the code wrote a backup, and the tables as they were in it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from safelane.core.backup.archive import ArchiveReader
from safelane.core.backup.errors import OtherVersion
from safelane.core.backup.tables import applied_migrations, backed_up_models

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
    """Refuse a backup whose tables are not those of the database.

    Raises:
        OtherVersion: Names migrations that differ.
    """
    here, there = set(applied_migrations()), set(archive.manifest["migrations"])
    if here != there:
        raise other_version(archive, _keys(here ^ there))


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
    return {(app, name) for app, _dot, name in parts}


def _is_kept(label: str) -> bool:
    known: Any = apps.get_app_configs()
    return label in {config.label for config in known}
