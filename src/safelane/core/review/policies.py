"""Who sees reports of any kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from safelane.core.review.stages import FORWARD
from safelane.core.scope import (
    EVERYTHING,
    NOTHING,
    Actor,
    Grant,
    Precision,
    ScopePolicy,
)


def exact_where(own: Q, precision: Combinable) -> Combinable:
    """Return an expression: exactly where ``own`` holds, else ``precision``."""
    if own == NOTHING:
        return precision
    exact = Value(int(Precision.EXACT), output_field=IntegerField())
    return Case(When(own, then=exact), default=precision, output_field=IntegerField())


class ReportsPolicy(ScopePolicy):
    """Reports at every stage, for those who write or review them.

    A report is read exactly or not at all. One's own stay open, to read and to send on,
    wherever in the country they lie, while the role by which they were written lasts.

    Attributes:
        of: Policy of the records that the reports speak of.
    """

    is_whole = True
    of: ClassVar[type[ScopePolicy]]

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        """Add one's own reports."""
        rows = super().rows(actor, verb)
        own = cls.own_rows(actor) if verb in ("view", "report") else NOTHING
        return rows if rows == EVERYTHING or own == NOTHING else rows | own

    @classmethod
    def own_rows(cls, actor: Actor, author: str = "entered_by_id") -> Q:
        """Return one's own reports, while a grant in force still covers them.

        It must let one report for the same organisation, and show places exactly:
        others go on writing in a report after its author has left.

        Args:
            author: Lookup path to the author, for rows that belong to a report and
                carry its organisation and country.
        """
        if actor.user_id is None:
            return NOTHING
        granted = actor.within(cls.verb("report"))
        wide = tuple(replace(grant, area_path="") for grant in granted.grants)
        covered = cls._opened(replace(granted, grants=wide), "report", exactly=True)
        return NOTHING if covered == NOTHING else covered & Q(**{author: actor.user_id})

    @classmethod
    def checking(cls, actor: Actor) -> tuple[Grant, ...]:
        """Return the grants of an actor that let reports be checked or approved."""
        verbs = [cls.verb(step.verb) for step in FORWARD.values()]
        return tuple(g for g in actor.grants if any(map(g.allows, verbs)))

    @classmethod
    def owns(cls, actor: Actor, report: Any) -> bool:
        """Say whether a saved report is the actor's own, as :meth:`own_rows`."""
        rows = type(report)._default_manager.filter(cls.own_rows(actor), pk=report.pk)
        return bool(report.entered_by_id == actor.user_id and rows.exists())

    @classmethod
    def exact_or_own(cls, policy: type[ScopePolicy], actor: Actor) -> Q:
        """Return the reports whose rows of a class are open exactly, or one's own."""
        exact, own = policy.exact_rows(actor), cls.own_rows(actor)
        return exact if exact == EVERYTHING else exact | own

    @classmethod
    def told_rows(cls, actor: Actor) -> Q:
        """Return the reports whose words are open: of land seen exactly, or one's own.

        A district's reader of reports may know that there is one, not what it says.
        """
        return cls.rows(actor) & cls.exact_or_own(cls.of, actor)
