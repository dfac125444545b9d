"""The REST API under ``/api/v1/``: each part brings its own router."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from safelane import __version__
from safelane.core.api.description import DescribedAPI
from safelane.core.domain import house
from safelane.core.scope import Actor


class Bearer(AuthBase):
    """Whoever the middleware found: an API token, or the session of somebody signed in.

    What an actor may do is decided by the policies behind each operation; the
    middleware has also refused forged requests.
    """

    openapi_type: str = "http"
    openapi_scheme: str = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor


def build() -> DescribedAPI:
    """Return the API with every part's router."""
    options: dict[str, Any] = {
        "title": "Safelane",
        "version": __version__,
        "description": "Hazards, accidents and priorities, as far as your roles reach.",
        "urls_namespace": "api",
        "docs_url": None,
        "auth": Bearer(),
    }
    api = DescribedAPI(**options)
    for part in house().parts:
        if part.api:
            api.add_router("", import_module(part.api).router)
    return api


api = build()
