"""Codes that the rules speak of; all labels live in the country packs."""

from __future__ import annotations

SHA = "sha"
CHA = "cha"
INDICATION = "indication"
STOCKPILE = "stockpile"
SPOT_TASK = "eod_spot_task"

STATUS_OPEN = "open"
STATUS_WORKED_ON = "worked_on"
STATUS_CLOSED = "closed"
STATUS_SUSPENDED = "suspended"
STATUS_RELEASED = "released"

DIRECT = "direct"
INDIRECT = "indirect"

GEOMETRY_DRAWN = "drawn"
GEOMETRY_FILE = "file"
GEOMETRY_TYPED = "typed"
GEOMETRY_TRAVERSE = "traverse"

BOX_SUBMUNITION = "submunition"
SUBMUNITION = "submunition"
