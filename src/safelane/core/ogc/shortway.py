"""A short way for programs that read many features: the same answer, less around it.

For a single feature most of the time goes into what Django does around it. Here the
same functions make the same body, and the headers are those that Django itself put
around an earlier answer to the same kind of request. Whatever is not plain (another
method, a cookie, a page, a fault) goes to Django, which also answers the first request
of each kind.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import QueryDict
from django.urls import resolve

from safelane.core import context
from safelane.core.collections.catalogue import collection_for
from safelane.core.errors import SafelaneError
from safelane.core.health.middleware import note, numbered
from safelane.core.ogc.bodies import Body, item_body, items_body
from safelane.core.protect.timelimit import reads_limited
from safelane.core.scope import Actor

log = logging.getLogger("safelane.requests")

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESS = re.compile(r"/ogc/collections/([a-z0-9-]{1,60})/items(?:/([a-z0-9-]{1,60}))?")
# What an answer depends on, apart from the address and the token.
_TELLING = (
    "HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "wsgi.url_scheme",
    "HTTP_ACCEPT_LANGUAGE",
)  # fmt: skip
_OWN = frozenset({"content-length", "content-crs", "x-request-id"})
_MOST_KINDS = 200
_REFUSED = ("Set-Cookie", "ETag", "Last-Modified")


@dataclass(frozen=True, slots=True)
class Kind:
    """What Django put around the first answer of a kind, for the following ones."""

    base: str
    route: str
    headers: Headers


class ShortWay:
    """A WSGI application before Django's.

    Args:
        application: Django's, which answers everything else.
        identify: Returns who an Authorization header stands for; raises where it opens
            nothing.
    """

    def __init__(
        self, application: Application, identify: Callable[[str], Actor]
    ) -> None:
        self.application = application
        self.identify = identify
        self._kinds: dict[tuple[Any, ...], Kind] = {}
        self._lock = Lock()

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        match = plain_read(environ)
        if match is None:
            return self.application(environ, start_response)
        key = (bool(match[2]), *map(environ.get, _TELLING))
        kind = self._kinds.get(key)
        if kind is None:
            return self.application(
                environ, self._learning(key, environ, start_response)
            )
        answer = self._answer(environ, match, kind)
        if answer is None:
            return self.application(environ, start_response)
        headers, content = answer
        start_response("200 OK", headers)
        return [content]

    def _answer(
        self, environ: Environ, match: re.Match[str], kind: Kind
    ) -> tuple[Headers, bytes] | None:
        started = time.perf_counter()
        with numbered() as request_id:
            try:
                body = self._body(environ, match, kind)
            except SafelaneError:
                return None  # Django meets it again, and says it as it should be said
            except Exception:
                log.exception("The short way failed; Django answers instead.")
                return None
            finally:
                close_old_connections()
            note("GET", kind.route, 200, time.perf_counter() - started)
        own = [
            ("Content-Crs", body.content_crs),
            ("Content-Length", str(len(body.content))),
            ("X-Request-ID", request_id),
        ]
        return kind.headers + own, body.content

    def _body(self, environ: Environ, match: re.Match[str], kind: Kind) -> Body:
        actor = self.identify(environ["HTTP_AUTHORIZATION"])
        context.actor_id.set(str(actor.user_id or "-"))
        name, fid = match.groups()
        shown = collection_for(name, actor)
        query = QueryDict(environ.get("QUERY_STRING", ""))
        own = kind.base + match[0]
        if fid:
            return item_body(shown, actor, query, own, fid)
        with reads_limited(kept=True):
            return items_body(shown, actor, query, own)

    def _learning(
        self, key: tuple[Any, ...], environ: Environ, start_response: StartResponse
    ) -> StartResponse:
        """Return a ``start_response`` that keeps what Django puts around an answer."""

        def start(status: str, headers: Headers, *rest: Any) -> Any:
            if status.startswith("200 ") and not _is_special(headers):
                self._keep(key, environ, headers)
            return start_response(status, headers, *rest)

        return start

    def _keep(self, key: tuple[Any, ...], environ: Environ, headers: Headers) -> None:
        path = environ["PATH_INFO"]
        base = WSGIRequest(environ).build_absolute_uri("/").removesuffix("/")
        common = [(n, v) for n, v in headers if n.lower() not in _OWN]
        with self._lock:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[key] = Kind(base, resolve(path).route, common)


def plain_read(environ: Environ) -> re.Match[str] | None:
    """Return the address of a read by token that needs nothing else, or None."""
    query = environ.get("QUERY_STRING", "")
    plain = (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("SCRIPT_NAME")
        and "HTTP_COOKIE" not in environ
        and "HTTP_HOST" in environ
        and "f=" not in query
        and query.isascii()
        and "HTTP_AUTHORIZATION" in environ
    )
    return ADDRESS.fullmatch(environ["PATH_INFO"]) if plain else None


def _is_special(headers: Headers) -> bool:
    """Say whether an answer is meant for one reader or one moment."""
    return any(name in _REFUSED for name, _value in headers)
