"""The backend: every write transaction, and every lone write, waits for its turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from safelane.core.sqlite.turns import Turns, turns_for

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER"})


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite with a fair queue of writers.

    A database in memory belongs to one process and needs no queue.
    """

    _holds_turn = False

    @property
    def turns(self) -> Turns | None:
        if self.is_in_memory_db():
            return None
        path = Path(f"{self.settings_dict['NAME']}-turns")
        return turns_for(path, float(self.settings_dict["OPTIONS"].get("timeout", 5)))

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=QueuedCursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()  # a commit that fails is followed by a rollback

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        turns = self.turns
        if turns is not None and not self._holds_turn:
            turns.enter()
            self._holds_turn = True

    def _end_turn(self) -> None:
        if self._holds_turn:
            self._holds_turn = False
            turns = self.turns
            if turns is not None:
                turns.leave()

    @contextmanager
    def turn_for(self, query: str) -> Iterator[None]:
        """Take a turn for one statement outside of a transaction, if it writes."""
        alone = not self._holds_turn and self.get_autocommit()
        if not alone or query.lstrip()[:7].split(" ")[0].upper() not in WRITES:
            yield
            return
        self._take_turn()
        try:
            yield
        finally:
            self._end_turn()


class QueuedCursor(base.SQLiteCursorWrapper):
    """Django's cursor; a lone write waits for its turn."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.turn_for(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.turn_for(query):
            return super().executemany(query, param_list)
