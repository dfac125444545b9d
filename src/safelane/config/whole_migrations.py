"""Migrations that are there whole or not at all, even after a kill."""

from __future__ import annotations

from typing import Any

from django.db.migrations.executor import MigrationExecutor


class WholeExecutor(MigrationExecutor):
    """Note each migration as done in the transaction that does it.

    Django notes one with deferred statements after its commit. A kill between the two
    leaves tables that the next run makes again, and fails at.
    """

    def apply_migration(
        self, state: Any, migration: Any, *_given: Any, **_named: Any
    ) -> Any:
        """Apply one migration and return the state after it; none is faked here."""
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
            while editor.deferred_sql:
                editor.execute(editor.deferred_sql.pop(0), None)
            self.record_migration(migration)  # type: ignore[call-arg]
        if self.progress_callback:
            self.progress_callback("apply_success", migration, False)
        return state
