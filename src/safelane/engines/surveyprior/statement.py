"""The one wording that every output of a survey prior carries.

``gettext_noop`` marks the text for the message catalogues without importing Django:
the pages translate the constants, a notebook reads them in English.
"""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Return the message unchanged; the call marks it for translation."""
    return message


STATEMENT = gettext_noop(
    "Survey first because of records and people, not because explosive ordnance is "
    "known to be there. This ranking is a prior: it is never evidence for a hazardous "
    "area, a low score never means clear, and it is not a safety ranking."
)

PLACES_NOTE = gettext_noop(
    "Places are the populated places of at least 500 people in GeoNames. "
    "They are not a village list: most communities are missing."
)
