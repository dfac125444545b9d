"""The REST API under ``/api/v1/``: each app brings its own router."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from safelane import __version__
from safelane.accidents.api import router as accidents
from safelane.core.api.description import DescribedAPI
from safelane.core.jobs.api import router as jobs
from safelane.core.scope import Actor
from safelane.hazards.api import router as hazards
from safelane.organisations.api import router as organisations
from safelane.risk.api import router as risk


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
    """Return the API with every app's router."""
    options: dict[str, Any] = {
        "title": "Safelane",
        "version": __version__,
        "description": "Hazards, accidents and priorities, as far as your roles reach.",
        "urls_namespace": "api",
        "docs_url": None,
        "auth": Bearer(),
    }
    api = DescribedAPI(**options)
    for router in (hazards, organisations, accidents, risk, jobs):
        api.add_router("", router)
    return api


api = build()
