"""No single read of a request or an export may hold a thread for long.

SQLite is asked while it works, PostgreSQL watches the time itself. The limit counts for
each statement and for each further portion of its rows, so that a long export goes on
as long as rows keep coming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

from safelane.core.sqlite.base import took_too_long

READING = frozenset({"GET", "HEAD"})
QUERY_CANCELED = "57014"  # SQLSTATE of PostgreSQL
Execute = Callable[..., Any]


class TimeLimitMiddleware:
    """Break off reads of a request that take longer than SAFELANE_READ_SECONDS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            with reads_limited(kept=True):
                return self.get_response(request)
        lift_limit()
        return self.get_response(request)


@contextmanager
def reads_limited(
    seconds: float | None = None, *, kept: bool = False
) -> Iterator[None]:
    """Break off any read inside that takes longer than ``seconds``.

    Args:
        kept: Leave PostgreSQL the limit afterwards, as the next request of a serving
            thread is most likely a read too; :func:`lift_limit` takes it back.

    Raises:
        TookTooLong: One did; the connection can be used on.
    """
    limit = float(settings.READ_SECONDS) if seconds is None else seconds
    own: Any = connection
    if own.vendor == "sqlite":
        before, own.read_seconds = own.read_seconds, limit
        try:
            yield
        finally:
            own.read_seconds = before
        return
    watch = _Watch(limit, kept)
    try:
        with own.execute_wrapper(watch):
            yield
    except OperationalError as error:  # while rows were fetched, not at the question
        if not is_time_over(error):
            raise
        raise took_too_long(limit) from error
    finally:
        watch.end()


def is_time_over(error: BaseException) -> bool:
    """Say whether PostgreSQL broke a statement off because of its limit."""
    return getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED


def tell_limit(own: Any) -> None:
    """Tell PostgreSQL the limit before a statement that Django does not see."""
    for watch in own.execute_wrappers:
        if isinstance(watch, _Watch):
            watch.tell()


class _Watch:
    """Tell PostgreSQL the limit before the first statement, and take it back."""

    def __init__(self, limit: float, kept: bool) -> None:
        self.limit = limit
        self.kept = kept

    def __call__(
        self, execute: Execute, sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.tell()
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            if not is_time_over(error):
                raise
            raise took_too_long(self.limit) from error

    def tell(self) -> None:
        """Set the limit, once for a connection."""
        connection.ensure_connection()
        if connection.in_atomic_block:  # a rollback would take a lasting one back
            _tell("SET LOCAL statement_timeout = %s", self.limit)
        elif _in_force() != self.limit:
            _set_limit(self.limit)

    def end(self) -> None:
        """Let the connection take its time again, if it is still the same one."""
        raw = connection.connection
        if raw is None or raw.closed:
            return
        if connection.in_atomic_block:
            if not connection.needs_rollback and _is_sound(raw):
                _tell("SET LOCAL statement_timeout = %s", 0)
        elif not self.kept:
            lift_limit()


def lift_limit() -> None:
    """Let the connection of this thread take its time again."""
    if _in_force():
        _set_limit(0)


def _in_force() -> float:
    """Return the limit that PostgreSQL was told for the connection of now, or 0."""
    raw, limit = getattr(connection, "_safelane_limit", (None, 0.0))
    return float(limit) if raw is not None and raw is connection.connection else 0.0


def _set_limit(seconds: float) -> None:
    statement, own = "SET statement_timeout = %s", cast(Any, connection)
    try:
        with own.wrap_database_errors:
            _tell(statement, seconds)
    except OperationalError:  # the server was restarted since
        own.close()
        own.ensure_connection()
        _tell(statement, seconds)
    own._safelane_limit = own.connection, seconds


def _is_sound(raw: Any) -> bool:
    """Say whether the transaction of a connection still takes statements."""
    return bool(raw.info.transaction_status.name != "INERROR")


def _tell(statement: str, seconds: float) -> None:
    """Execute a setting beneath Django, so that it counts as no query of a page."""
    number = str(round(seconds * 1000))
    with connection.connection.cursor() as cursor:
        cursor.execute(statement.replace("%s", number))
