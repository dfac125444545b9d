"""The backend: every write transaction, and every lone write, waits for its turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from safelane.core.sqlite.interrupt import STEPS, Deadline
from safelane.core.sqlite.like import like
from safelane.core.sqlite.writer_queue import Turns, turns_for

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER"})


def is_write(query: str) -> bool:
    """Say whether a statement changes something, by its first word."""
    return query.lstrip()[:7].split(" ")[0].upper() in WRITES


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite with a fair queue of writers.

    A database in memory belongs to one process and needs no queue.
    """

    _holds_turn = False
    read_seconds: float | None = None  # what one read may take; None is any time

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.deadline = Deadline()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        raw = super().get_new_connection(conn_params)
        raw.create_function("safelane_like", 3, like, deterministic=True)
        raw.set_progress_handler(self.deadline.is_over, STEPS)
        return raw

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
        if not alone or not is_write(query):
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
        with self.wrapper.turn_for(query), self._in_time(reads=not is_write(query)):
            return super().execute(query, params)

    def fetchone(self) -> Any:
        with self._in_time():
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> Any:
        with self._in_time():
            return super().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> Any:
        with self._in_time():
            return super().fetchall()

    def _in_time(self, *, reads: bool = True) -> AbstractContextManager[None]:
        limit = self.wrapper.read_seconds if reads else None
        return nullcontext() if limit is None else self.wrapper.deadline.within(limit)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.turn_for(query):
            return super().executemany(query, param_list)
