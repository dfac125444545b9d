"""Rows on their way to the database while the next ones are made ready."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections
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
