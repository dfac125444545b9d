"""Who sees reports of any kind."""

from __future__ import annotations

from django.db.models import IntegerField, Q, Value
from django.db.models.expressions import Combinable

from safelane.core.scope import Actor, Precision, ScopePolicy


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

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        return Value(int(Precision.EXACT), output_field=IntegerField())

    @classmethod
    def coarsest(cls, actor: Actor) -> Precision:
        return Precision.EXACT
