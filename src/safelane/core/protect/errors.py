"""Faults of protected fields."""

from __future__ import annotations

from safelane.core.errors import ConfigurationError, SafelaneError


class Unreadable(SafelaneError):
    """A protected field cannot be opened with the secrets at hand."""

    http_status = 500


class UnknownKey(SafelaneError):
    """The key is not one of this installation."""

    http_status = 422


class SecretMissing(ConfigurationError):
    """There is data here, and not the secret that opens it."""


class SecretOther(ConfigurationError):
    """The secret is not the one by which the data here is sealed."""
