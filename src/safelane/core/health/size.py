"""No request longer than one file and its form, whatever server takes it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

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
