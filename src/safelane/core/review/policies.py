"""Who sees reports of any kind."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Q

from safelane.core.scope import EVERYTHING, NOTHING, Actor, ScopePolicy


def exact_or_own(policy: type[ScopePolicy], actor: Actor) -> Q:
    """Return the reports whose rows of a class are open exactly, or one's own."""
    own = NOTHING if actor.user_id is None else Q(entered_by_id=actor.user_id)
    exact = policy.exact_rows(actor)
    return exact if EVERYTHING in (exact, own) else exact | own


class ReportsPolicy(ScopePolicy):
    """Reports at every stage, for those who write or review them.

    A report is read exactly or not at all; nobody loses sight of what they sent.

    Attributes:
        of: Policy of the records that the reports speak of.
    """

    is_whole = True
    of: ClassVar[type[ScopePolicy]]

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        """Add one's own reports."""
        rows = super().rows(actor, verb)
        if verb == "view" and actor.user_id is not None and actor.grants:
            return rows | Q(entered_by_id=actor.user_id)
        return rows

    @classmethod
    def told_rows(cls, actor: Actor) -> Q:
        """Return the reports whose words are open: of land seen exactly, or one's own.

        A district's reader of reports may know that there is one, not what it says.
        """
        return cls.rows(actor) & exact_or_own(cls.of, actor)
