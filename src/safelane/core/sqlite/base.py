"""The backend: every write transaction, and every lone write, waits for its turn."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base
from django.utils.translation import gettext as _

from safelane.core.errors import TookTooLong
from safelane.core.i18n.letters import any_case
from safelane.core.sqlite.like import like
from safelane.core.sqlite.writer_queue import Turns, turns_for

STEPS = 5_000  # of SQLite's machine between two looks at the clock: about a millisecond
WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER"})


def is_write(query: str) -> bool:
    """Say whether a statement changes something, by its first word."""
    return query.lstrip()[:7].split(" ")[0].upper() in WRITES


def lies_still(path: Path) -> bool:
    """Say whether a database can only be read, and no process has it open.

    Raises:
        OperationalError: Some of its changes are not in the file itself yet.
    """
    if not path.is_file() or os.access(path.parent, os.W_OK):
        return False
    shared, log = (path.with_name(f"{path.name}-{end}") for end in ("shm", "wal"))
    if shared.exists():  # SQLite reads the log as well
        return False
    if log.exists() and log.stat().st_size:
        raise OperationalError(
            f"its newest changes lie in {log}, and {path.parent} cannot be written."
            " Copy the whole folder to where it can be, and use the copy"
        )
    return True


def _folded(text: object) -> str | None:
    return None if text is None else any_case(str(text))


class Deadline:
    """The time by which the present statement, or portion of rows, must be there."""

    def __init__(self) -> None:
        self.at: float | None = None

    def is_over(self) -> bool:
        return self.at is not None and monotonic() > self.at

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Allow this long for what is done inside; None allows any time.

        Raises:
            TookTooLong: It took longer.
        """
        self.at = None if seconds is None else monotonic() + seconds
        try:
            yield
        except sqlite3.OperationalError as error:
            if seconds is None or str(error) != "interrupted":
                raise
            raise took_too_long(seconds) from error
        finally:
            self.at = None


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite with a fair queue of writers.

    A database in memory belongs to one process and needs no queue.
    """

    _holds_turn = False
    read_seconds: float | None = None  # what one read may take; None is any time

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.deadline = Deadline()

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        path = Path(params["database"]).absolute()
        if not self.is_in_memory_db() and lies_still(path):
            # SQLite would make files beside it, if only to read.
            params["database"] = f"{path.as_uri()}?immutable=1"
            self.close_at = 0.0  # after the request: the folder may be written by then
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        raw = super().get_new_connection(conn_params)
        raw.create_function("safelane_like", 3, like, deterministic=True)
        raw.create_function("safelane_folded", 1, _folded, deterministic=True)
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
    def lone_turn(self) -> Iterator[None]:
        """Take a turn for one write outside of a transaction."""
        if self._holds_turn or not self.get_autocommit():
            yield
            return
        self._take_turn()
        try:
            yield
        finally:
            self._end_turn()

    def read_in_time(self) -> AbstractContextManager[None]:
        return self.deadline.within(self.read_seconds)


class QueuedCursor(base.SQLiteCursorWrapper):
    """Django's cursor; a lone write waits for its turn, a read has its time."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        wrapper = self.wrapper
        with wrapper.lone_turn() if is_write(query) else wrapper.read_in_time():
            return super().execute(query, params)

    def fetchone(self) -> Any:
        with self.wrapper.read_in_time():
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> Any:
        with self.wrapper.read_in_time():
            return super().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> Any:
        with self.wrapper.read_in_time():
            return super().fetchall()

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.lone_turn() if is_write(query) else nullcontext():
            return super().executemany(query, param_list)


def took_too_long(seconds: float) -> TookTooLong:
    """Return the fault that says which limit was met and what to do."""
    message = _(
        "This question took longer than %(seconds)s seconds and was broken off."
        " Narrow it: a smaller area, fewer days, or a simpler filter."
    )
    return TookTooLong(message % {"seconds": f"{seconds:g}"})
