"""Faults of protected fields."""

from __future__ import annotations

from safelane.core.errors import ConfigurationError, SafelaneError


class Unreadable(SafelaneError):
    """A protected field cannot be opened with the secrets at hand."""

    http_status = 500
    code = "unreadable"


class UnknownKey(SafelaneError):
    """The key is not one of this installation."""

    http_status = 422
    code = "unknown-key"


class SecretMissing(ConfigurationError):
    """There is data here, and not the secret that opens it."""

    code = "secret-missing"


class SecretOther(ConfigurationError):
    """The secret is not the one by which the data here is sealed."""

    code = "secret-other"
