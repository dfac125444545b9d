"""One id per request: in the answer, in every log line, in every error page."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse

from safelane.core import context

log = logging.getLogger("safelane.requests")


class RequestIdMiddleware:
    """Give each request an id of our own and log how it was answered.

    The log holds the route (``jobs/<uid>/``), never the address itself: addresses
    can hold invitation links and search words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with numbered() as request_id:
            request.request_id = request_id  # type: ignore[attr-defined]
            started = time.perf_counter()
            response = self.get_response(request)
            match = request.resolver_match
            note(
                request.method or "",
                match.route if match else "-",
                response.status_code,
                time.perf_counter() - started,
            )
        response["X-Request-ID"] = request_id
        return response


@contextmanager
def numbered() -> Iterator[str]:
    """Give what is done inside a new request id; lines of the log carry it."""
    request_id = uuid.uuid4().hex[:16]
    tokens = context.request_id.set(request_id), context.actor_id.set("-")
    try:
        yield request_id
    finally:
        context.request_id.reset(tokens[0])
        context.actor_id.reset(tokens[1])


def note(method: str, route: str, status: int, seconds: float) -> None:
    """Log how a request was answered."""
    facts = {
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    log.info("%(method)s %(route)s %(status)s %(ms)s ms", facts, extra=facts)


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class SizeLimit:
    """A WSGI application that refuses requests said to be longer than ``most`` bytes.

    Without a length Django reads no body at all.
    """

    def __init__(self, application: Application, most: int) -> None:
        self.application = application
        self.most = most

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) <= self.most:
            return self.application(environ, start_response)
        text = f"A request may be {self.most} bytes long, this one has {length}.\n"
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(text))),
            ("Connection", "close"),
        ]
        start_response("413 Content Too Large", headers)
        return [text.encode()]
