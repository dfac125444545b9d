"""Faults of the survey prior."""

from __future__ import annotations

from safelane.core.errors import InvalidInput


class AccountMismatch(InvalidInput):
    """The parts of an account of records do not add up to what was read."""


class PriorInputMissing(InvalidInput):
    """A file that the survey prior needs is missing or empty."""


class PriorConfigInvalid(InvalidInput):
    """A setting of the survey prior has a value that cannot be used."""
