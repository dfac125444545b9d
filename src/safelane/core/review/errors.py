"""Faults of reports, whatever they report on."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput, NotPermitted


class EmptyReport(InvalidInput):
    """The report says nothing."""


class UnknownCode(InvalidInput):
    """The code is not in the country pack's list."""


class UnknownFact(InvalidInput):
    """The records of this kind have no such fact."""


class LooseFact(InvalidInput):
    """The fact says nothing without the one that leads it."""


class ReferenceTaken(Conflict):
    """Another record of the organisation has this reference."""


class NotADraft(Conflict):
    """Only a draft can be changed; a later report corrects an earlier one."""


class OwnReport(NotPermitted):
    """Whoever wrote a report may not approve it."""
