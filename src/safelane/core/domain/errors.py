"""Faults in the declaration of a part; they stop the start."""

from __future__ import annotations

from safelane.core.errors import ConfigurationError


class PartsClash(ConfigurationError):
    """Two parts claim the same name."""


class PartIncomplete(ConfigurationError):
    """A part does not declare something that the house must know of it."""
