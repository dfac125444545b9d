"""Codes that the rules speak of; all labels live in the country packs."""

from __future__ import annotations

CHA = "cha"

STATUS_CLOSED = "closed"
STATUS_RELEASED = "released"

DIRECT = "direct"
INDIRECT = "indirect"

BOX_SUBMUNITION = "submunition"
SUBMUNITION = "submunition"
