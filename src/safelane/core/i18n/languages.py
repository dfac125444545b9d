"""The languages of the interface, with those that Django does not know."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import locale

LAO = {"bidi": False, "code": "lo", "name": "Lao", "name_local": "ລາວ"}

# Catalogues of these languages were made by machine and wait for a native reviewer.
DRAFTS = frozenset({"az", "km", "lo", "my", "ru", "th", "vi"})
# These must have every message; the others fall back to English.
COMPLETE = ("az", "lo")
TRANSLATED = ("az", "km", "lo", "my", "ru", "th", "vi")
# Of each a reader is offered only what is mostly translated: the share is counted, and
# the file written, when the catalogues are compiled.
OFFERED_FILE = Path(__file__).with_name("offered.json")
OFFERED = frozenset({"en", *json.loads(OFFERED_FILE.read_text("utf-8"))})


def teach_django() -> None:
    """Correct what Django says of languages.

    It has no Lao, and it holds Azerbaijani, which is written in Latin letters, to run
    from right to left.
    """
    locale.LANG_INFO.setdefault("lo", LAO)
    locale.LANG_INFO["az"]["bidi"] = False


def is_draft(language: str) -> bool:
    """Say whether the catalogue of ``language`` still needs a native reviewer."""
    return language.split("-")[0] in DRAFTS
