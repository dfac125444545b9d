"""Answer each request in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import (
    get_language_from_request,
    get_supported_language_variant,
)

SESSION_KEY = "language"


def language_of(request: HttpRequest) -> str:
    """Return the language in which to answer ``request``."""
    session = getattr(request, "session", None)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if not chosen and session is not None:
        chosen = session.get(SESSION_KEY, "")
    try:
        return get_supported_language_variant(str(chosen))
    except LookupError:
        return get_language_from_request(request)


def remember_language(
    sender: object, request: HttpRequest, user: Any, **kwargs: Any
) -> None:
    """Keep the language of the account for the session that begins."""
    language = getattr(user, "language", "")
    if language and hasattr(request, "session"):
        request.session[SESSION_KEY] = language


class LanguageMiddleware:
    """Activate the language of the switch, else the account, else the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language() or language
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response
