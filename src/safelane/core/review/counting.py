"""What counted on a day, as it was known at a moment: reports and periods."""

from __future__ import annotations

from django.db.models import Q

from safelane.core.filters.reading import Moment
from safelane.core.review import stages


def counting(then: Moment, via: str = "") -> Q:
    """Return the condition on reports that counted: approved, not yet withdrawn.

    Args:
        via: Lookup path to the report, such as ``"report__"``.
    """
    counted = Q(**{f"{via}stage": stages.APPROVED})
    if then.known_at is not None:
        standing = Q(**{f"{via}withdrawn_at__isnull": True})
        counted = Q(**{f"{via}approved_at__lte": then.known_at}) & (
            standing | Q(**{f"{via}withdrawn_at__gt": then.known_at})
        )
    if then.as_of is not None:
        counted &= Q(**{f"{via}date_of_information__lte": then.as_of})
    return counted


def holding(then: Moment) -> Q:
    """Return the condition on periods that held on the day, as known then."""
    return known(then) & Q(
        Q(valid_to__isnull=True) | Q(valid_to__gt=then.day), valid_from__lte=then.day
    )


def known(then: Moment) -> Q:
    """Return the condition on periods that stood in the register at the moment."""
    if then.known_at is None:  # the same, and an index leads to it
        return Q(known_to__isnull=True)
    return Q(
        Q(known_to__isnull=True) | Q(known_to__gt=then.knowledge),
        known_from__lte=then.knowledge,
    )
