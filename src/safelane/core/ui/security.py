"""Strict content security policy on every answer: no inline script or style."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"


def origin_of(url: str) -> str:
    """Return ``scheme://host[:port]`` of an address, or "" for none or our own.

    A placeholder in the host (``{s}.example.org``) becomes a wildcard.
    """
    parts = urlsplit(url.removeprefix("pmtiles://"))
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rsplit("@", 1)[-1]
    first, dot, rest = host.partition(".")
    if first.startswith("{") and dot:
        host = f"*.{rest}"
    return f"{parts.scheme}://{host}"


def policy_text(tile_url: str = "", sign_in_url: str = "") -> str:
    """Return the policy: only a configured basemap and sign-in provider are abroad.

    The provider stands under ``form-action`` because browsers check the redirect that
    answers the sign-in form.
    """
    extra = _appended(tile_url)
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' data: blob:{extra}",
        "font-src 'self'",
        f"connect-src 'self'{extra}",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        f"form-action 'self'{_appended(sign_in_url)}",
    )
    return "; ".join(directives)


def _appended(url: str) -> str:
    origin = origin_of(url)
    return f" {origin}" if origin else ""


class ContentSecurityPolicyMiddleware:
    """Set the policy and the permissions policy unless a view has set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = policy_text(
            getattr(settings, "MAP_TILE_URL", ""), getattr(settings, "OIDC_ISSUER", "")
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(self), payment=()",
        )
        return response
