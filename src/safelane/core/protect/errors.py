"""Faults of protected fields."""

from __future__ import annotations

from safelane.core.errors import SafelaneError


class Unreadable(SafelaneError):
    """A protected field cannot be opened with the secrets at hand."""

    http_status = 500
    code = "unreadable"
