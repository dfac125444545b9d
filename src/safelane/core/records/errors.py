"""Faults in writing a plain record."""

from __future__ import annotations

from safelane.core.errors import Conflict


class AlreadyExists(Conflict):
    """A record with this name or code exists already."""

    code = "already-exists"


class AlreadyWithdrawn(Conflict):
    """The record was withdrawn and is closed to changes."""

    code = "already-withdrawn"
