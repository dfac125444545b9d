"""Faults of people, places and agreements."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput


class BadDates(InvalidInput):
    """The end lies before the beginning."""


class LastAdministrator(Conflict):
    """This would leave the installation without an administrator."""


class SecondPersonNeeded(Conflict):
    """This role is given by two people: one proposes it, somebody else confirms it."""
