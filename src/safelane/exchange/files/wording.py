"""Reasons that stand in other sentences: marked where they arise, told where read."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext


def gettext_noop(text: str) -> str:
    """Return a text that stands in the catalogues; it is translated where it is told.

    Django's own function for this needs settings, which a reader does not have.
    """
    return text


def in_words(template: str | Promise, values: dict[str, Any]) -> str:
    """Return a sentence; the reason in it is a text of ours, marked to be translated.

    It may name other values.
    """
    if reason := values.get("reason"):
        values = values | {"reason": gettext(reason) % values}
    return str(template) % values
