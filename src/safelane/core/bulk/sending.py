"""Rows on their way to the database while the next ones are made ready."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class Sender:
    """Does what it is given in a thread of its own, in order, on one connection.

    Whoever asks the database anything in the meantime, on the same connection, waits
    until all that was given before has arrived.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "sender")
        self._given: list[Future[None]] = []
        self._caller = threading.get_ident()

    def send(self, work: Callable[[], None]) -> None:
        """Do ``work`` when all before it is done."""
        self._given.append(self._pool.submit(work))

    def wait(self) -> None:
        """Return when everything has arrived; raise what the first fault raised."""
        while self._given:
            self._given.pop(0).result()

    def stop(self) -> None:
        """Return when nothing is on its way any more; what has not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)

    def __call__(self, execute: Any, *statement: Any) -> Any:
        """Stand before every statement on the connection."""
        if threading.get_ident() == self._caller:
            self.wait()
        return execute(*statement)


@contextmanager
def sending(using: str = "default") -> Iterator[None]:
    """Let rows that are inserted by column in this block go to the database aside.

    All have arrived at its end, or it raises. Call it inside the transaction that
    writes the rows.
    """
    connection, sender = connections[using], Sender()
    connection.inc_thread_sharing()
    try:
        with connection.execute_wrapper(sender):
            yield
            sender.wait()
    finally:
        sender.stop()
        connection.dec_thread_sharing()


def send(connection: BaseDatabaseWrapper, work: Callable[[], None]) -> None:
    """Hand work to the connection's sender; do it now where there is none."""
    wrappers = connection.execute_wrappers
    sender = next((w for w in wrappers if isinstance(w, Sender)), None)
    if sender is None:
        work()
    else:
        sender.send(work)


# Pages that a batch changes stay in memory until it is committed (negative: KiB), and
# the log is copied into the database every 80 MB instead of every 4.
_BULK = {"cache_size": -128_000, "wal_autocheckpoint": 20_000}
_SELDOM = 500_000  # new objects between two searches for garbage
_SHORT_TURN = 0.0005  # seconds


@contextmanager
def much_writing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let this process write very many rows quickly; what is safe stays as safe.

    The rows of a batch live until it is written: looking through them for garbage
    again and again finds nothing and takes a sixth of an import's time. And a thread
    that works in Python gives way sooner: SQLite takes three milliseconds for a
    statement of several hundred rows, and the usual wait before the next is five.
    """
    before, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    sys.setswitchinterval(_SHORT_TURN)
    try:
        with _large_batches(connection):
            yield
    finally:
        sys.setswitchinterval(turn)
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _large_batches(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Suit SQLite; every commit is still on the disk before it returns."""
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: _pragma(connection, name) for name in _BULK}
    try:
        for name, value in _BULK.items():
            _pragma(connection, name, value)
        yield
    finally:
        with suppress(
            OperationalError
        ):  # the disk is full, or somebody writes: all is in
            for name, value in before.items():
                _pragma(connection, name, value)
            if not connection.in_atomic_block:
                _pragma(connection, "wal_checkpoint")
                _count_for_planner(connection)


def _count_for_planner(connection: BaseDatabaseWrapper) -> None:
    """Let SQLite look at a thousand entries of each index; PostgreSQL does it unasked.

    Without, it takes any index for as good as another, and reads whole tables for a
    page of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")


def _pragma(
    connection: BaseDatabaseWrapper, name: str, value: int | None = None
) -> int:
    statement = f"PRAGMA {name}" if value is None else f"PRAGMA {name} = {value}"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
