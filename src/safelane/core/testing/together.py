"""Several writers at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def together(*acts: Callable[[], object]) -> list[Exception]:
    """Do everything at once; return what failed."""
    barrier, faults = threading.Barrier(len(acts)), list[Exception]()

    def one(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults
