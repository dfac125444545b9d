"""Faults of reports, whatever they report on."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput, NotPermitted


class EmptyReport(InvalidInput):
    """The report says nothing."""

    code = "empty-report"


class UnknownCode(InvalidInput):
    """The code is not in the country pack's list."""

    code = "unknown-code"


class UnknownFact(InvalidInput):
    """The records of this kind have no such fact."""

    code = "unknown-fact"


class LooseFact(InvalidInput):
    """The fact says nothing without the one that leads it."""

    code = "loose-fact"


class ReferenceTaken(Conflict):
    """Another record of the organisation has this reference."""

    code = "reference-taken"


class NotADraft(Conflict):
    """Only a draft can be changed; a later report corrects an earlier one."""

    code = "not-a-draft"


class OwnReport(NotPermitted):
    """Whoever wrote a report may not approve it."""

    code = "own-report"
