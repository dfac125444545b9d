"""The languages of the interface, with those that Django does not know."""

from __future__ import annotations

from django.conf import locale

LAO = {"bidi": False, "code": "lo", "name": "Lao", "name_local": "ລາວ"}

# Catalogues of these languages were made by machine and wait for a native reviewer.
DRAFTS = frozenset({"az", "km", "lo", "my", "ru", "th", "vi"})
# These must have every message; the others fall back to English.
COMPLETE = ("az", "lo")
TRANSLATED = ("az", "km", "lo", "my", "ru", "th", "vi")


def teach_django() -> None:
    """Add Lao to the languages that Django can name; it ships none for it."""
    locale.LANG_INFO.setdefault("lo", LAO)


def is_draft(language: str) -> bool:
    """Say whether the catalogue of ``language`` still needs a native reviewer."""
    return language.split("-")[0] in DRAFTS
