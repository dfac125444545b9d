"""Faults of survey priors in the workspace."""

from __future__ import annotations

from safelane.core.errors import NotFound


class UnknownPilot(NotFound):
    """No pilot has this name."""
