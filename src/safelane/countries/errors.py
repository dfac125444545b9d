"""Faults of country packs."""

from __future__ import annotations

from safelane.core.errors import ConfigurationError, InvalidInput


class UnknownPack(InvalidInput):
    """No country pack has this name."""

    code = "unknown-pack"


class BadPack(ConfigurationError):
    """A country pack's file says something that cannot be used."""

    code = "bad-pack"


class UnknownList(ConfigurationError):
    """The country pack has no code list of this name."""

    code = "unknown-list"


class UnknownRule(ConfigurationError):
    """The country pack has no rule of this name in force on that day."""

    code = "unknown-rule"


class UnknownParameter(ConfigurationError):
    """The country pack has no parameter of this name in force on that day."""

    code = "unknown-parameter"
