"""What every page knows: actor, navigation, languages, demo flag and version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from safelane import __version__
from safelane.core.scope.actor import PUBLIC, Actor
from safelane.core.ui.navigation import navigation_for


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the sign-in middleware found, else the public."""
    actor: Actor = getattr(request, "actor", PUBLIC)
    return actor


def interface(request: HttpRequest) -> dict[str, Any]:
    """Context processor for ``ui/base.html``."""
    actor, current = actor_of(request), get_language()
    return {
        "actor": actor,
        "navigation": navigation_for(actor, request.path),
        "ui_languages": [
            {"code": code, "name": name, "is_current": code == current}
            for code, name in settings.LANGUAGES
        ],
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "is_demo": getattr(settings, "WORKSPACE_IS_DEMO", False),
        "safelane_version": __version__,
    }
