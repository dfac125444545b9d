"""Who sees reports of any kind."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.scope import Actor, ScopePolicy


class ReportsPolicy(ScopePolicy):
    """Reports at every stage, for those who write or review them.

    A report is read exactly or not at all; nobody loses sight of what they sent.
    """

    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        """Add one's own reports."""
        rows = super().rows(actor, verb)
        if verb == "view" and actor.user_id is not None and actor.grants:
            return rows | Q(entered_by_id=actor.user_id)
        return rows
