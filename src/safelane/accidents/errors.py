"""Faults of the protected store."""

from __future__ import annotations

from safelane.core.errors import InvalidInput, NotFound


class ReasonNeeded(InvalidInput):
    """A victim's identity is opened for a reason that is written down."""


class ConsentRefused(InvalidInput):
    """The person refused that the identity is kept."""


class NothingPublished(NotFound):
    """No counts have been published for this country yet."""
