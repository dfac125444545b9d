"""Faults in writing a plain record."""

from __future__ import annotations

from safelane.core.errors import Conflict


class AlreadyExists(Conflict):
    """A record with this name or code exists already."""


class AlreadyWithdrawn(Conflict):
    """The record was withdrawn and is closed to changes."""
