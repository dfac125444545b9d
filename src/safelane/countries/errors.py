"""Faults of country packs."""

from __future__ import annotations

from safelane.core.errors import ConfigurationError, InvalidInput


class UnknownPack(InvalidInput):
    """No country pack has this name."""


class BadPack(ConfigurationError):
    """A country pack's file says something that cannot be used."""


class UnknownList(ConfigurationError):
    """The country pack has no code list of this name."""


class UnknownRule(ConfigurationError):
    """The country pack has no rule of this name in force on that day."""


class UnknownParameter(ConfigurationError):
    """The country pack has no parameter of this name in force on that day."""
