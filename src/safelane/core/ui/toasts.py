"""Short messages that htmx answers bring along."""

from __future__ import annotations

import json

from django.http import HttpResponse

TRIGGER = "HX-Trigger"
LEVELS = ("success", "info", "warning", "danger")


def add_toast(
    response: HttpResponse, message: str, level: str = "success"
) -> HttpResponse:
    """Let the page show ``message`` after an htmx answer; keeps other triggers.

    Args:
        level: One of :data:`LEVELS`.

    Raises:
        ValueError: ``level`` is not known.
    """
    if level not in LEVELS:
        raise ValueError(f"Toast level {level!r} is not one of {LEVELS}.")
    triggers = json.loads(response.headers.get(TRIGGER, "{}"))
    triggers["toast"] = {"message": message, "level": level}
    response.headers[TRIGGER] = json.dumps(triggers)
    return response
