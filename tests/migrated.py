"""Pytest plugin: migrate SQLite's test database once, and start from a copy after that.

    MIGRATED_DATABASE=one.sqlite3 pytest -p tests.migrated …

Half the time of many short runs of the same migrations, as in `python -m tests.mutate`.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Let the command that fills a new test database look for the copy first."""
    from django.core import management

    run, first = management.call_command, [True]

    def call_command(name: str, *arguments: Any, **options: Any) -> Any:
        if name != "migrate" or not first:  # tests that migrate do so themselves
            return run(name, *arguments, **options)
        first.clear()
        return migrate_once(lambda: run(name, *arguments, **options))

    if "MIGRATED_DATABASE" in os.environ:
        management.call_command = call_command


def migrate_once(migrate: Any) -> None:
    """Copy the kept database into the open one; where there is none, keep this one."""
    from django.db import connection

    kept = Path(os.environ["MIGRATED_DATABASE"])
    known = kept.exists()
    if not known:
        migrate()
    connection.ensure_connection()
    with sqlite3.connect(kept) as there:
        source, target = there, connection.connection
        if not known:
            source, target = target, source
        source.backup(target)
    there.close()
