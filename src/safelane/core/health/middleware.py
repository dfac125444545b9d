"""One id per request: in the answer, in every log line, in every error page."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from safelane.core import context

log = logging.getLogger("safelane.requests")


class RequestIdMiddleware:
    """Give each request an id of our own and log how it was answered.

    The log holds the route (``hazards/<uid>/``), never the address itself: addresses
    can hold invitation links and search words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        request.request_id = request_id  # type: ignore[attr-defined]
        tokens = context.request_id.set(request_id), context.actor_id.set("-")
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            _note(request, response, time.perf_counter() - started)
        finally:
            context.request_id.reset(tokens[0])
            context.actor_id.reset(tokens[1])
        response["X-Request-ID"] = request_id
        return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    route = match.route if match else "-"
    facts = {
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.info("%(method)s %(route)s %(status)s %(ms)s ms", facts, extra=facts)
