"""Safelane: the open platform for mine action."""

__version__ = "0.1.0"
