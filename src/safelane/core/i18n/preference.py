"""Which language a reader gets: the switch, the account, the browser, the default."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import (
    get_language_from_request,
    get_supported_language_variant,
)

SESSION_KEY = "language"


def supported(language: str) -> str | None:
    """Return the code of an offered language for ``language``, or None."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return None


def language_of(request: HttpRequest) -> str:
    """Return the language in which to answer ``request``."""
    session = getattr(request, "session", None)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if not chosen and session is not None:
        chosen = session.get(SESSION_KEY, "")
    return supported(str(chosen)) or get_language_from_request(request)


def remember_language(
    sender: object, request: HttpRequest, user: Any, **kwargs: Any
) -> None:
    """Keep the language of the account for the session that begins."""
    language = getattr(user, "language", "")
    if language and hasattr(request, "session"):
        request.session[SESSION_KEY] = language
