"""Faults of backups."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput


class BrokenBackup(InvalidInput):
    """The backup is damaged, cut off or not a backup."""


class OtherVersion(Conflict):
    """The backup was made by another version of Safelane."""


class NotEmpty(Conflict):
    """There is data already that a restore would replace."""
