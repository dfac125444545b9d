"""Preparing the next rows of a file while the last ones are being written.

A batch goes four ways: it is *begun* (read and mapped), *looked up* (what the database
knows of its rows), *judged*, and written. Beginning and judging ask the database
nothing; they run in a thread of their own, in the order of the file. Looking up and
writing stay with the caller's connection and transaction.

What comes out is what one batch after the other would give: a batch is looked up before
the one in front of it is written only if the two speak of different areas.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import Any, NoReturn

from django.db import connection

from safelane.exchange.intake import Intake, Prepared
from safelane.exchange.mapping import MappedBatch

Mapped = Generator[MappedBatch]


def steps(mapped: Mapped, intake: Intake) -> Iterator[Prepared]:
    """Yield batches in order; write each before asking for the next.

    Raises:
        ExchangeError: The file is damaged further down; all before it was yielded.
    """
    if intake.works_ahead:
        yield from _prepared_ahead(mapped, intake)
        return
    yield from map(intake.prepare, mapped)


def _prepared_ahead(mapped: Mapped, intake: Intake) -> Iterator[Prepared]:
    # The thread has ended by the time the file is closed.
    with closing(mapped), ThreadPoolExecutor(1, "import-ahead") as pool:
        line = _Line(pool, mapped, intake)
        step = line.coming.result()
        if step is not None:
            line.take(step)
        while step is not None:
            line.judging.result()
            fault = line.coming.exception()
            following = None if fault else line.coming.result()
            apart = following is not None and line.are_apart(step, following)
            if following is not None and apart:
                line.take(following)
            yield step
            if fault is not None:
                raise fault
            if following is not None and not apart:
                line.take(following)
            step = following


class _Line:
    """One batch being judged, and the one behind it being begun."""

    def __init__(
        self, pool: ThreadPoolExecutor, mapped: Mapped, intake: Intake
    ) -> None:
        self._pool, self._mapped, self._intake = pool, mapped, intake
        self.judging: Future[None]
        self.coming: Future[Prepared | None] = self._aside(self._begin)

    def take(self, step: Prepared) -> None:
        """Look a batch up, then let it be judged and the next one begun."""
        self._intake.look_up(step)
        self.judging = self._aside(self._intake.judge, step)
        self.coming = self._aside(self._begin)

    def are_apart(self, one: Prepared, other: Prepared) -> bool:
        """Say whether writing one batch changes nothing that the other looks up."""
        subjects = self._intake.subjects
        return subjects(one).isdisjoint(subjects(other))

    def _begin(self) -> Prepared | None:
        return next(map(self._intake.begin, self._mapped), None)

    def _aside(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Do work in the thread, in the language of the caller."""
        context = copy_context()
        return self._pool.submit(context.run, _without_database, work, *given)


def _without_database(work: Callable[..., Any], *given: Any) -> Any:
    with connection.execute_wrapper(_refuse):
        return work(*given)


def _refuse(*_query: Any) -> NoReturn:
    """This thread's connection would not see what is being written beside it."""
    raise AssertionError("a batch is begun and judged without the database")
