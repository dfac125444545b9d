"""Who asks."""

from __future__ import annotations

from django.http import HttpRequest

from safelane.core.scope import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the API's authentication put on the request."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
