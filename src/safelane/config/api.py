"""The REST API under ``/api/v1/``: each app brings its own router."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from safelane import __version__
from safelane.accidents.api import router as accidents
from safelane.core.api.description import DescribedAPI
from safelane.core.errors import NotPermitted
from safelane.core.jobs.api import router as jobs
from safelane.core.scope import Actor
from safelane.hazards.api import router as hazards
from safelane.organisations.api import router as organisations
from safelane.organisations.signin.tokens import actor_from_request
from safelane.risk.api import router as risk

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Bearer(AuthBase):
    """An API token, else the session of somebody signed in, else the public.

    What an actor may do is decided by the policies behind each operation.
    """

    openapi_type: str = "http"
    openapi_scheme: str = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        actor = actor_from_request(request)
        if actor.kind == "person" and request.method not in SAFE_METHODS:
            refuse_forged(request)
        return actor


def refuse_forged(request: HttpRequest) -> None:
    """Raise unless a page of this site made the request (tokens need no such proof)."""
    if check_csrf(request) is not None:
        raise NotPermitted("The CSRF token is missing or wrong. Reload the page.")


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
