"""Faults of accident reports and of the protected store."""

from __future__ import annotations

from safelane.core.errors import Conflict, InvalidInput, NotPermitted


class EmptyReport(InvalidInput):
    """The report says nothing."""

    code = "empty-report"


class UnknownCode(InvalidInput):
    """The code is not in the country pack's list."""

    code = "unknown-code"


class UnknownFact(InvalidInput):
    """Accidents have no such fact."""

    code = "unknown-fact"


class ReferenceTaken(Conflict):
    """Another accident of the organisation has this reference."""

    code = "reference-taken"


class NotADraft(Conflict):
    """Only a draft can be changed; a later report corrects an earlier one."""

    code = "not-a-draft"


class OwnReport(NotPermitted):
    """Whoever wrote a report may not approve it."""

    code = "own-report"


class ReasonNeeded(InvalidInput):
    """A victim's identity is opened for a reason that is written down."""

    code = "reason-needed"


class ConsentRefused(InvalidInput):
    """The person refused that the identity is kept."""

    code = "consent-refused"
