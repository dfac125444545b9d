"""Faults of building the demo."""

from __future__ import annotations

from safelane.core.errors import Conflict


class WorkspaceInUse(Conflict):
    """The data folder holds records that are not of the demo."""


class OtherDemo(Conflict):
    """The data folder holds a demo of another seed or size."""
