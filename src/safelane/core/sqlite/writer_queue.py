"""Taking turns to write: first come, first served.

SQLite lets one writer in and makes the others try again after ever longer naps, so that
an unlucky one waits for ever while newcomers pass. Here the threads of a process queue
up in order, and the first of each process asks for a lock on a small file. A process
that has just written lets the others ask before it asks again.

Behind one long write, as of a large import here or in another process, only a few
threads of a process wait: else all threads of a server would, and nobody could even
read. Those behind them are sent away as soon as it is long, also where they came early.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from functools import lru_cache
from pathlib import Path

from django.db import OperationalError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAP = 0.002
COURTESY = 0.004  # longer than a nap, so that another process wakes up in between
LONG = 5.0  # seconds after which a turn holds up others
ELSEWHERE = 1.0  # the same, of another process: nobody here gets on meanwhile
MOST_WAITING = 3


class Turns:
    """The queue of one database file, for all threads of this process.

    Args:
        path: The lock file; it is made when missing and stays empty.
        patience: Seconds to wait before the write is refused.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self._path, self._patience = path, patience
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._file: int | None = None
        self._left_at = 0.0
        # Since when nobody else has come to write: the first waits for another process,
        # or writes. None while nobody waits or writes.
        self._stuck_since: float | None = None
        self._is_elsewhere = False

    def enter(self) -> None:
        """Wait for one's turn.

        Raises:
            OperationalError: It did not come in time, or enough others wait behind a
                long one; nothing was written.
        """
        deadline = time.monotonic() + self._patience
        self._queue_up(deadline)
        if self._stuck_since is None:  # whoever gave up before waited for the same
            self._stuck_since = time.monotonic()
        try:
            self._lock_file(deadline)
        except BaseException:
            self._next()
            raise
        self._stuck_since, self._is_elsewhere = time.monotonic(), False

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            _unlock(self._file)
        self._left_at = time.monotonic()
        self._stuck_since = None
        self._next()

    def _queue_up(self, deadline: float) -> None:
        ticket = threading.Lock()
        ticket.acquire()
        with self._guard:
            self._waiting.append(ticket)
            if self._waiting[0] is ticket:
                return
        while True:
            with self._guard:
                place = self._waiting.index(ticket)
                if place and self._is_sent_away(place, deadline):
                    self._waiting.remove(ticket)
                    raise _refused()
            ends = deadline
            if place > MOST_WAITING:
                ends = min(deadline, time.monotonic() + min(LONG, ELSEWHERE))
            if ticket.acquire(timeout=max(0.0, ends - time.monotonic())):
                return

    def _is_sent_away(self, place: int, deadline: float) -> bool:
        now, since = time.monotonic(), self._stuck_since
        long = ELSEWHERE if self._is_elsewhere else LONG
        is_long = since is not None and now - since >= long
        return now >= deadline or (is_long and place > MOST_WAITING)

    def _next(self) -> None:
        with self._guard:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].release()
            else:
                self._stuck_since, self._is_elsewhere = None, False

    def _lock_file(self, deadline: float) -> None:
        handle = self._open()
        if handle is None:
            return
        since = time.monotonic() - self._left_at
        if since < COURTESY:
            time.sleep(COURTESY - since)
        while not _lock(handle):
            if time.monotonic() > deadline:
                raise _refused()
            self._is_elsewhere = True
            time.sleep(NAP)

    def _open(self) -> int | None:
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                return None  # the write itself will say what is wrong with the folder
        return self._file


def _refused() -> OperationalError:
    return OperationalError("database is locked: other writers took too long")


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(handle: int) -> None:
    if sys.platform == "win32":
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_UN)


@lru_cache(maxsize=16)
def turns_for(path: Path, patience: float) -> Turns:
    """Return the one queue of a database file in this process."""
    return Turns(path, patience)
