"""Codes that the rules and counts speak of; labels live in the country packs."""

from __future__ import annotations

KILLED = "killed"
INJURED = "injured"
HARMED = (KILLED, INJURED)
UNKNOWN = "unknown"
REFUSED = "refused"
